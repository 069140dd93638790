package dev.longshore.store;

import java.time.Duration;

/// How much of its history a store keeps, as etcd's `--auto-compaction-mode` and `--auto-compaction-retention`.
public sealed interface Retention {

    /// Whatever nobody compacts.
    record All() implements Retention {}

    /// What is younger than `age`, and up to a tenth more.
    record Age(Duration age) implements Retention {

        private static final Duration LONGEST = Duration.ofDays(36_500);

        public Age {
            if (!age.isPositive() || age.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException("a history of " + age + ", and the longest is 100 years");
            }
        }
    }

    /// The last `count` revisions, and those of up to five minutes more.
    record Last(long count) implements Retention {
        public Last {
            if (count <= 0) {
                throw new IllegalArgumentException("a history of " + count + " revisions");
            }
        }
    }
}
