package dev.longshore.images.registry.retention;

import dev.longshore.images.registry.access.RepositoryPattern;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What goes by itself. Without rules no tag does.
///
/// @param rules for tags; the first that fits a tag decides about it
/// @param untagged how long a manifest without a tag stays; empty for good
/// @param orphans how long what refers to an absent subject (signatures, SBOMs) stays
/// @param isDryRun whether what would go is only told
public record RetentionRules(List<Rule> rules, Optional<Duration> untagged, Duration orphans, boolean isDryRun) {

    /// As without configuration.
    public static final RetentionRules NONE =
            new RetentionRules(List.of(), Optional.empty(), Duration.ofDays(1), false);

    public RetentionRules {
        rules = List.copyOf(rules);
        if (orphans.isNegative() || untagged.map(Duration::isNegative).orElse(false)) {
            throw new IllegalArgumentException("an age is not negative");
        }
    }

    /// The same, but nothing goes.
    public RetentionRules told() {
        return new RetentionRules(rules, untagged, orphans, true);
    }

    /// Of the tags that `tags` fits in a repository that `repositories` fits, the `keep` youngest stay, and all
    /// younger than `age`; the others go.
    public record Rule(RepositoryPattern repositories, RepositoryPattern tags, int keep, Duration age) {
        public Rule {
            if (keep < 0 || age.isNegative()) {
                throw new IllegalArgumentException("neither a count nor an age is negative");
            }
        }
    }
}
