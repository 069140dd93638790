package dev.longshore.server;

import dev.longshore.apiserver.Compactor;
import dev.longshore.apiserver.RuntimeConfig;
import dev.longshore.apiserver.audit.AuditOptions;
import dev.longshore.kinds.admission.AdmissionChoice;
import dev.longshore.kinds.authorization.config.AuthorizationChoice;
import dev.longshore.kinds.kit.KindsContext;
import dev.longshore.server.config.AtRestOptions;
import dev.longshore.server.config.IdentityOptions;
import dev.longshore.server.config.UpOptions;
import java.time.Duration;
import java.util.function.Consumer;

/// What an API server is told by its flags.
///
/// @param served which versions are on
/// @param seats how many requests it works on at once, which flow control shares out
/// @param admission which rules of admission hold
/// @param eventLife how long events are kept; zero is for good
/// @param compaction how often the store forgets its history, and how much of it stays; zero for never
/// @param metricResolution how often nodes are asked what they use; zero when the metrics APIs are not served
/// @param audit what is told of requests, and where
/// @param authorization who decides who may do what
/// @param identity how it finds out who asks
/// @param atRest whether what is stored is encrypted
record ApiSettings(
        RuntimeConfig served,
        int seats,
        AdmissionChoice admission,
        Duration eventLife,
        Duration compaction,
        Duration metricResolution,
        AuditOptions audit,
        AuthorizationChoice authorization,
        IdentityOptions identity,
        AtRestOptions atRest) {

    /// As metrics-server's manifests have it.
    static final Duration USUAL_RESOLUTION = Duration.ofSeconds(15);

    /// As without flags.
    static final ApiSettings DEFAULT = of(RuntimeConfig.DEFAULT);

    ApiSettings {
        if (seats < 1) {
            throw new IllegalArgumentException("an API server with " + seats + " seats");
        }
        if (eventLife.isNegative()) {
            throw new IllegalArgumentException("events that live for " + eventLife);
        }
        if (compaction.isNegative()) {
            throw new IllegalArgumentException("a history of " + compaction);
        }
        if (metricResolution.isNegative()) {
            throw new IllegalArgumentException("usage every " + metricResolution);
        }
    }

    /// Without an audit log, as usual decided who may do what, and everything stored as it is.
    ApiSettings(
            RuntimeConfig served,
            int seats,
            AdmissionChoice admission,
            Duration eventLife,
            Duration compaction,
            Duration metricResolution) {
        this(
                served,
                seats,
                admission,
                eventLife,
                compaction,
                metricResolution,
                AuditOptions.NONE,
                AuthorizationChoice.USUAL,
                IdentityOptions.DEFAULT,
                AtRestOptions.NONE);
    }

    /// The rest as without flags.
    static ApiSettings of(RuntimeConfig served) {
        return new ApiSettings(
                served,
                UpOptions.Inflight.DEFAULT.seats(),
                AdmissionChoice.DEFAULT,
                KindsContext.EVENT_LIFE,
                Compactor.USUAL,
                USUAL_RESOLUTION);
    }

    /// These, with another audit log.
    ApiSettings with(AuditOptions other) {
        return with(draft -> draft.audit = other);
    }

    /// These, with other ways to find out who asks.
    ApiSettings with(IdentityOptions other) {
        return with(draft -> draft.identity = other);
    }

    /// These, with another way of storing.
    ApiSettings with(AtRestOptions other) {
        return with(draft -> draft.atRest = other);
    }

    /// These, with other rules of admission.
    ApiSettings with(AdmissionChoice choice) {
        return with(draft -> draft.admission = choice);
    }

    /// These, with others who decide who may do what.
    ApiSettings with(AuthorizationChoice choice) {
        return with(draft -> draft.authorization = choice);
    }

    /// These, with another interval of compaction.
    ApiSettings withCompaction(Duration interval) {
        return with(draft -> draft.compaction = interval);
    }

    /// These, with another resolution of metrics.
    ApiSettings withMetricResolution(Duration resolution) {
        return with(draft -> draft.metricResolution = resolution);
    }

    private ApiSettings with(Consumer<Draft> change) {
        var draft = new Draft(this);
        change.accept(draft);
        return draft.done();
    }

    /// The one place that copies them, part by part.
    private static final class Draft {
        private final RuntimeConfig served;
        private final int seats;
        private AdmissionChoice admission;
        private final Duration eventLife;
        private Duration compaction;
        private Duration metricResolution;
        private AuditOptions audit;
        private AuthorizationChoice authorization;
        private IdentityOptions identity;
        private AtRestOptions atRest;

        Draft(ApiSettings from) {
            served = from.served;
            seats = from.seats;
            admission = from.admission;
            eventLife = from.eventLife;
            compaction = from.compaction;
            metricResolution = from.metricResolution;
            audit = from.audit;
            authorization = from.authorization;
            identity = from.identity;
            atRest = from.atRest;
        }

        ApiSettings done() {
            return new ApiSettings(
                    served,
                    seats,
                    admission,
                    eventLife,
                    compaction,
                    metricResolution,
                    audit,
                    authorization,
                    identity,
                    atRest);
        }
    }
}
