package dev.longshore.kinds.podsecurity;

import dev.longshore.kinds.podsecurity.controls.Level;
import dev.longshore.kinds.podsecurity.controls.LevelVersion;
import dev.longshore.kinds.podsecurity.controls.PolicyVersion;
import dev.longshore.model.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads a namespace's labels. A policy comes of any: labels that cannot be read mean the strictest where pods could
/// be refused, and nothing where one would only be told.
///
/// @param policy what holds
/// @param causes what cannot be read
record PolicyLabels(Policy policy, List<Cause> causes) {

    static final String PREFIX = "pod-security.kubernetes.io/";

    static final String WRONG_LEVEL = "must be one of privileged, baseline, restricted";
    static final String WRONG_VERSION = "must be \"latest\" or \"v1.x\"";

    PolicyLabels {
        causes = List.copyOf(causes);
    }

    /// @param defaults for what no label says
    static PolicyLabels of(Map<String, String> labels, Policy defaults) {
        if (labels.keySet().stream().noneMatch(label -> label.startsWith(PREFIX))) {
            return new PolicyLabels(defaults, List.of());
        }
        var reader = new Reader(labels);
        LevelVersion enforce = reader.mode("enforce", defaults.enforce(), Level.RESTRICTED);
        LevelVersion audit = reader.mode("audit", defaults.audit(), Level.PRIVILEGED);
        LevelVersion warn = reader.mode("warn", defaults.warn(), Level.PRIVILEGED);
        return new PolicyLabels(new Policy(enforce, audit, reader.alsoWarning(enforce, warn)), reader.causes);
    }

    /// True if `labels` have something to say about `mode`.
    static boolean isSaid(Map<String, String> labels, String mode) {
        return labels.containsKey(PREFIX + mode) || labels.containsKey(PREFIX + mode + "-version");
    }

    /// The errors in one line, as Go puts several together.
    String flaws() {
        List<String> texts = causes.stream()
                .map(cause -> cause.field() + ": " + cause.message())
                .toList();
        return texts.size() == 1 ? texts.getFirst() : "[" + String.join(", ", texts) + "]";
    }

    private static final class Reader {
        private final Map<String, String> labels;
        private final List<Cause> causes = new ArrayList<>();

        Reader(Map<String, String> labels) {
            this.labels = labels;
        }

        LevelVersion mode(String mode, LevelVersion defaults, Level unreadable) {
            Level level = value(PREFIX + mode)
                    .map(text -> Level.of(text).orElseGet(() -> {
                        refuse(PREFIX + mode, text, WRONG_LEVEL);
                        return unreadable;
                    }))
                    .orElse(defaults.level());
            String versionLabel = PREFIX + mode + "-version";
            PolicyVersion version = value(versionLabel)
                    .map(text -> PolicyVersion.of(text).orElseGet(() -> {
                        refuse(versionLabel, text, WRONG_VERSION);
                        return PolicyVersion.LATEST;
                    }))
                    .orElse(defaults.version());
            return new LevelVersion(level, version);
        }

        /// What is enforced by a label is also told, where nothing else is said about telling: who deploys something
        /// gets to know at once, and not only by pods that do not come.
        LevelVersion alsoWarning(LevelVersion enforce, LevelVersion warn) {
            boolean isEnforced = value(PREFIX + "enforce").flatMap(Level::of).isPresent();
            if (!isEnforced
                    || value(PREFIX + "warn").isPresent()
                    || enforce.level().compareTo(warn.level()) <= 0) {
                return warn;
            }
            boolean hasVersion = value(PREFIX + "warn-version").isPresent();
            return new LevelVersion(enforce.level(), hasVersion ? warn.version() : enforce.version());
        }

        private Optional<String> value(String label) {
            return Optional.ofNullable(labels.get(label));
        }

        private void refuse(String label, String value, String why) {
            causes.add(Cause.invalid("metadata.labels[" + label + "]", Cause.quote(value), why));
        }
    }
}
