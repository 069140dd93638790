package dev.longshore.apiserver.audit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// What kube-apiserver's flags of the audit log say, `--audit-…`.
///
/// @param policy of `--audit-policy-file`; without one nothing is told
public record AuditOptions(Optional<Path> policy, LogOptions log, WebhookOptions webhook) {

    /// As without flags: nothing is told.
    public static final AuditOptions NONE = new AuditOptions(Optional.empty(), LogOptions.NONE, WebhookOptions.NONE);

    private static final String VERSION = "audit.k8s.io/v1";

    /// How events are handed to a sink.
    public enum Mode {
        /// Requests do not wait.
        BATCH("batch"),
        /// Requests wait.
        BLOCKING("blocking"),
        /// Requests wait, and are refused if their beginning cannot be told.
        BLOCKING_STRICT("blocking-strict");

        private final String text;

        Mode(String text) {
            this.text = text;
        }

        /// The mode that `text` names.
        ///
        /// @param sink `log` or `webhook`
        /// @throws AuditConfigException when it names none
        public static Mode parse(String sink, String text) {
            for (Mode mode : values()) {
                if (mode.text.equals(text)) {
                    return mode;
                }
            }
            throw new AuditConfigException(
                    "invalid audit %s mode %s, allowed modes are \"batch,blocking,blocking-strict\""
                            .formatted(sink, text));
        }
    }

    /// How events wait, and how many go at once; only in [Mode#BATCH].
    ///
    /// @param patience how long the first of a batch waits for others; without meaning for batches of one
    /// @param throttle how often batches go; as often as they come without
    /// @param isConcurrent whether a batch goes while another is on its way
    public record BatchOptions(
            int buffer, int most, Duration patience, Optional<Throttle> throttle, boolean isConcurrent) {

        /// As without flags, to a file.
        public static final BatchOptions OF_LOG = new BatchOptions(10_000, 1, Duration.ZERO, Optional.empty(), false);

        /// As without flags, to a webhook.
        public static final BatchOptions OF_WEBHOOK =
                new BatchOptions(10_000, 400, Duration.ofSeconds(30), Optional.of(new Throttle(10, 15)), true);

        private void check(String sink) {
            positive("invalid audit batch " + sink + " buffer size ", buffer);
            positive("invalid audit batch " + sink + " max batch size ", most);
            throttle.ifPresent(known -> {
                positive("invalid audit batch " + sink + " throttle QPS ", known.perSecond);
                positive("invalid audit batch " + sink + " throttle burst ", known.burst);
            });
        }

        private static void positive(String what, double value) {
            if (value <= 0) {
                String shown = value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
                throw new AuditConfigException(what + shown + ", must be a positive number");
            }
        }
    }

    /// @param burst how many batches go at once when none went for a while
    public record Throttle(double perSecond, int burst) {}

    /// What becomes of events that are too large, in bytes.
    public record TruncateOptions(boolean isOn, long largestBatch, long largestEvent) {

        /// As without flags.
        public static final TruncateOptions NONE = new TruncateOptions(false, 10 * 1024 * 1024, 100 * 1024);

        private void check(String sink) {
            if (largestEvent <= 0) {
                throw new AuditConfigException("invalid audit truncate %s max event size %d, must be a positive number"
                        .formatted(sink, largestEvent));
            }
            if (largestBatch < largestEvent) {
                throw new AuditConfigException(
                        "invalid audit truncate %s max batch size %d, must be greater than max event size (%d)"
                                .formatted(sink, largestBatch, largestEvent));
            }
        }
    }

    /// A file, or standard output for the path `-`.
    ///
    /// @param maxAge days that old files are kept; zero for good
    /// @param maxBackups how many old files are kept; zero for all
    /// @param maxSize megabytes after which the file is turned over; zero for never
    public record LogOptions(
            String path,
            String format,
            int maxAge,
            int maxBackups,
            int maxSize,
            boolean compresses,
            Mode mode,
            BatchOptions batch,
            TruncateOptions truncate,
            String version) {

        /// As without flags.
        public static final LogOptions NONE = at("");

        /// At `path`, and otherwise as without flags.
        public static LogOptions at(String path) {
            return new LogOptions(
                    path,
                    "json",
                    366,
                    100,
                    100,
                    false,
                    Mode.BLOCKING,
                    BatchOptions.OF_LOG,
                    TruncateOptions.NONE,
                    VERSION);
        }

        private void check() {
            if (mode == Mode.BATCH) {
                batch.check("log");
            }
            truncate.check("log");
            AuditOptions.checkVersion(version);
            if (!Set.of("legacy", "json").contains(format)) {
                throw new AuditConfigException(
                        "invalid audit log format %s, allowed formats are \"legacy,json\"".formatted(format));
            }
            notNegative("--audit-log-maxage", maxAge);
            notNegative("--audit-log-maxbackup", maxBackups);
            notNegative("--audit-log-maxsize", maxSize);
        }

        private static void notNegative(String flag, int value) {
            if (value < 0) {
                throw new AuditConfigException(flag + " " + value + " can't be a negative number");
            }
        }
    }

    /// A server that takes events.
    ///
    /// @param config a kubeconfig that says where it is and how it knows us
    /// @param backOff how long the first repetition waits
    public record WebhookOptions(
            Optional<Path> config,
            Duration backOff,
            Mode mode,
            BatchOptions batch,
            TruncateOptions truncate,
            String version) {

        /// As without flags.
        public static final WebhookOptions NONE = new WebhookOptions(
                Optional.empty(),
                Duration.ofSeconds(10),
                Mode.BATCH,
                BatchOptions.OF_WEBHOOK,
                TruncateOptions.NONE,
                VERSION);

        private void check() {
            if (mode == Mode.BATCH) {
                batch.check("webhook");
            }
            truncate.check("webhook");
            AuditOptions.checkVersion(version);
        }
    }

    private static void checkVersion(String version) {
        if (!version.equals(VERSION)) {
            throw new AuditConfigException("invalid group version, allowed versions are [\"" + VERSION + "\"]");
        }
    }

    /// What is wrong with the flags of sinks that are asked for, a sentence each.
    public List<String> faults() {
        var faults = new ArrayList<String>();
        if (!log.path.isEmpty()) {
            collect(faults, log::check);
        }
        if (webhook.config.isPresent()) {
            collect(faults, webhook::check);
        }
        return faults;
    }

    private static void collect(List<String> faults, Runnable check) {
        try {
            check.run();
        } catch (AuditConfigException wrong) {
            faults.add(wrong.getMessage());
        }
    }
}
