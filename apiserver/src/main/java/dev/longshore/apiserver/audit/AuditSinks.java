package dev.longshore.apiserver.audit;

import dev.longshore.apiserver.audit.AuditOptions.BatchOptions;
import dev.longshore.apiserver.audit.AuditOptions.LogOptions;
import dev.longshore.apiserver.audit.AuditOptions.Mode;
import dev.longshore.apiserver.audit.AuditOptions.TruncateOptions;
import dev.longshore.apiserver.audit.AuditOptions.WebhookOptions;
import dev.longshore.apiserver.audit.Auditing.Outside;
import dev.longshore.apiserver.relay.KubeconfigServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Builds the audit log that flags ask for.
///
/// ```
/// log:      truncating ─► batching or forgiving ─► file
/// webhook:  truncating ─► batching or forgiving ─► server
/// ```
final class AuditSinks {

    private AuditSinks() {}

    static Optional<Auditing> open(AuditOptions options, Outside outside) {
        List<String> faults = options.faults();
        if (!faults.isEmpty()) {
            throw new AuditConfigException(String.join("; ", faults));
        }
        if (options.policy().isEmpty()) {
            return Optional.empty();
        }
        AuditPolicy policy = PolicyFile.read(options.policy().get());
        var tally = new AuditTally();
        var sinks = new ArrayList<AuditSink>();
        if (options.webhook().config().isPresent()) {
            sinks.add(webhook(options.webhook(), tally, outside));
        }
        if (!options.log().path().isEmpty()) {
            sinks.addFirst(log(options.log(), tally, outside));
        }
        return sinks.isEmpty()
                ? Optional.empty()
                : Optional.of(new Auditing(policy, SeveralSinks.of(sinks), tally, outside.time()));
    }

    private static AuditSink log(LogOptions options, AuditTally tally, Outside outside) {
        var sink = new LogSink(output(options, outside), options.format().equals("json"), tally);
        return truncating(options.truncate(), waiting(options.mode(), options.batch(), sink, tally, outside), tally);
    }

    private static LineFile output(LogOptions options, Outside outside) {
        if (options.path().equals("-")) {
            return LineFile.of(outside.standardOut());
        }
        try {
            var kept = new OldFiles(
                    Path.of(options.path()).toAbsolutePath(),
                    new OldFiles.Limits(options.maxAge(), options.maxBackups(), options.compresses()),
                    outside.time());
            return TurnedFile.open(kept, options.maxSize());
        } catch (IOException denied) {
            throw new AuditConfigException(
                    "ensureLogFile: open " + options.path() + ": " + denied.getMessage(), denied);
        }
    }

    private static AuditSink webhook(WebhookOptions options, AuditTally tally, Outside outside) {
        KubeconfigServer target;
        try {
            target = KubeconfigServer.read(options.config().orElseThrow());
        } catch (IllegalArgumentException wrong) {
            throw new AuditConfigException("initializing audit webhook: " + wrong.getMessage(), wrong);
        }
        var sink = new WebhookSink(target, options.backOff(), tally, outside.time(), outside.randomness());
        return truncating(options.truncate(), waiting(options.mode(), options.batch(), sink, tally, outside), tally);
    }

    private static AuditSink waiting(Mode mode, BatchOptions batch, AuditSink sink, AuditTally tally, Outside outside) {
        return switch (mode) {
            case BATCH -> BatchingSink.start(sink, batch, tally, outside.time());
            case BLOCKING -> new ForgivingSink(sink);
            case BLOCKING_STRICT -> sink;
        };
    }

    private static AuditSink truncating(TruncateOptions options, AuditSink sink, AuditTally tally) {
        return options.isOn() ? new TruncatingSink(sink, options, tally) : sink;
    }
}
