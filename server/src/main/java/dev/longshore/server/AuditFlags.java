package dev.longshore.server;

import dev.longshore.apiserver.audit.AuditConfigException;
import dev.longshore.apiserver.audit.AuditOptions;
import dev.longshore.apiserver.audit.AuditOptions.BatchOptions;
import dev.longshore.apiserver.audit.AuditOptions.LogOptions;
import dev.longshore.apiserver.audit.AuditOptions.Mode;
import dev.longshore.apiserver.audit.AuditOptions.Throttle;
import dev.longshore.apiserver.audit.AuditOptions.TruncateOptions;
import dev.longshore.apiserver.audit.AuditOptions.WebhookOptions;
import dev.longshore.apiserver.audit.PolicyFile;
import dev.longshore.base.GoDurations;
import dev.longshore.cli.CommandFailure;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// The flags of the audit log, named as kube-apiserver's (docs/audit.md).
final class AuditFlags {

    private static final String VERSION = "audit.k8s.io/v1";

    @Option(
            names = "--audit-policy-file",
            paramLabel = "FILE",
            description = "a Policy (audit.k8s.io/v1) that says what the audit log tells of which request"
                    + " (docs/audit.md)")
    private Path policy;

    @Option(
            names = "--audit-log-path",
            paramLabel = "FILE",
            defaultValue = "",
            description = "where the audit log goes; - for standard output")
    private String path;

    @Option(names = "--audit-log-format", paramLabel = "json|legacy", defaultValue = "json", description = "its form")
    private String format;

    @Option(
            names = "--audit-log-maxage",
            paramLabel = "DAYS",
            defaultValue = "366",
            description = "how long old audit logs are kept; 0 for good")
    private int maxAge;

    @Option(
            names = "--audit-log-maxbackup",
            paramLabel = "N",
            defaultValue = "100",
            description = "how many old audit logs are kept; 0 for all")
    private int maxBackups;

    @Option(
            names = "--audit-log-maxsize",
            paramLabel = "MEGABYTES",
            defaultValue = "100",
            description = "when a new audit log begins; 0 for never")
    private int maxSize;

    @Option(names = "--audit-log-compress", description = "compresses old audit logs")
    private boolean compresses;

    @Option(names = "--audit-log-version", defaultValue = VERSION, hidden = true)
    private String logVersion;

    @Option(
            names = "--audit-log-mode",
            paramLabel = "batch|blocking|blocking-strict",
            defaultValue = "blocking",
            description = "whether requests wait until they are in the log (blocking), are refused when they cannot be"
                    + " (blocking-strict), or do not wait (batch)")
    private String logMode;

    @Option(names = "--audit-log-batch-buffer-size", paramLabel = "N", defaultValue = "10000", hidden = true)
    private int logBuffer;

    @Option(names = "--audit-log-batch-max-size", paramLabel = "N", defaultValue = "1", hidden = true)
    private int logMost;

    @Option(names = "--audit-log-batch-max-wait", paramLabel = "DURATION", defaultValue = "0s", hidden = true)
    private String logPatience;

    @Option(names = "--audit-log-batch-throttle-enable", hidden = true)
    private boolean isLogThrottled;

    @Option(names = "--audit-log-batch-throttle-qps", paramLabel = "N", defaultValue = "0", hidden = true)
    private float logRate;

    @Option(names = "--audit-log-batch-throttle-burst", paramLabel = "N", defaultValue = "0", hidden = true)
    private int logBurst;

    @Option(names = "--audit-log-truncate-enabled", description = "takes objects out of events that are too large")
    private boolean isLogTruncated;

    @Option(names = "--audit-log-truncate-max-batch-size", defaultValue = "10485760", hidden = true)
    private long logLargestBatch;

    @Option(names = "--audit-log-truncate-max-event-size", defaultValue = "102400", hidden = true)
    private long logLargestEvent;

    @Option(
            names = "--audit-webhook-config-file",
            paramLabel = "FILE",
            description = "a kubeconfig of a server that the audit log is posted to")
    private Path webhook;

    @Option(
            names = {"--audit-webhook-initial-backoff", "--audit-webhook-batch-initial-backoff"},
            paramLabel = "DURATION",
            defaultValue = "10s",
            description = "how long the first repetition of what failed waits")
    private String backOff;

    @Option(names = "--audit-webhook-version", defaultValue = VERSION, hidden = true)
    private String webhookVersion;

    @Option(
            names = "--audit-webhook-mode",
            paramLabel = "batch|blocking|blocking-strict",
            defaultValue = "batch",
            description = "as --audit-log-mode, for the webhook")
    private String webhookMode;

    @Mixin
    private WebhookBatchFlags batch;

    @Option(names = "--audit-webhook-truncate-enabled", description = "takes objects out of events that are too large")
    private boolean isWebhookTruncated;

    @Option(names = "--audit-webhook-truncate-max-batch-size", defaultValue = "10485760", hidden = true)
    private long webhookLargestBatch;

    @Option(names = "--audit-webhook-truncate-max-event-size", defaultValue = "102400", hidden = true)
    private long webhookLargestEvent;

    /// How batches go to the webhook.
    static final class WebhookBatchFlags {

        @Option(names = "--audit-webhook-batch-buffer-size", paramLabel = "N", defaultValue = "10000", hidden = true)
        private int buffer;

        @Option(names = "--audit-webhook-batch-max-size", paramLabel = "N", defaultValue = "400", hidden = true)
        private int most;

        @Option(names = "--audit-webhook-batch-max-wait", paramLabel = "DURATION", defaultValue = "30s", hidden = true)
        private String patience;

        @Option(
                names = "--audit-webhook-batch-throttle-enable",
                defaultValue = "true",
                fallbackValue = "true",
                arity = "0..1",
                hidden = true)
        private boolean isThrottled;

        @Option(names = "--audit-webhook-batch-throttle-qps", paramLabel = "N", defaultValue = "10", hidden = true)
        private float rate;

        @Option(names = "--audit-webhook-batch-throttle-burst", paramLabel = "N", defaultValue = "15", hidden = true)
        private int burst;

        private BatchOptions options() {
            return new BatchOptions(
                    buffer,
                    most,
                    duration("--audit-webhook-batch-max-wait", patience),
                    isThrottled ? Optional.of(new Throttle(rate, burst)) : Optional.empty(),
                    true);
        }
    }

    /// What they say; files are looked at, so that a mistake in them is told before anything starts.
    ///
    /// @throws CommandFailure when it makes no sense
    AuditOptions options() {
        try {
            var options = new AuditOptions(Optional.ofNullable(policy).map(Path::toAbsolutePath), log(), webhook());
            List<String> faults = options.faults();
            if (!faults.isEmpty()) {
                throw new CommandFailure(String.join("\n", faults));
            }
            options.policy().ifPresent(PolicyFile::read);
            return options;
        } catch (AuditConfigException wrong) {
            throw new CommandFailure(wrong.getMessage(), wrong);
        }
    }

    private LogOptions log() {
        var throttle = isLogThrottled ? Optional.of(new Throttle(logRate, logBurst)) : Optional.<Throttle>empty();
        boolean isFile = !path.isEmpty() && !path.equals("-");
        return new LogOptions(
                isFile ? Path.of(path).toAbsolutePath().toString() : path,
                format,
                maxAge,
                maxBackups,
                maxSize,
                compresses,
                Mode.parse("log", logMode),
                new BatchOptions(
                        logBuffer, logMost, duration("--audit-log-batch-max-wait", logPatience), throttle, false),
                new TruncateOptions(isLogTruncated, logLargestBatch, logLargestEvent),
                logVersion);
    }

    private WebhookOptions webhook() {
        return new WebhookOptions(
                Optional.ofNullable(webhook).map(Path::toAbsolutePath),
                duration("--audit-webhook-initial-backoff", backOff),
                Mode.parse("webhook", webhookMode),
                batch.options(),
                new TruncateOptions(isWebhookTruncated, webhookLargestBatch, webhookLargestEvent),
                webhookVersion);
    }

    private static Duration duration(String flag, String text) {
        try {
            return GoDurations.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new CommandFailure(flag + ": " + wrong.getMessage(), wrong);
        }
    }
}
