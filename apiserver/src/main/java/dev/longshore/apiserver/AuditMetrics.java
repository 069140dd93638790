package dev.longshore.apiserver;

import dev.longshore.apiserver.audit.AuditTally;
import java.util.Optional;

/// What the audit log counts of itself, under the names that kube-apiserver gives it.
record AuditMetrics(Optional<AuditTally> tally) {

    void print(MetricsText text) {
        tally.ifPresent(known -> print(known, text));
    }

    private static void print(AuditTally tally, MetricsText text) {
        text.family(
                "apiserver_audit_event_total",
                "counter",
                "Counter of audit events generated and sent to the audit backend.");
        text.sample("apiserver_audit_event_total", "", tally.events());
        text.family(
                "apiserver_audit_requests_rejected_total",
                "counter",
                "Counter of apiserver requests rejected due to an error in audit logging backend.");
        text.sample("apiserver_audit_requests_rejected_total", "", tally.rejected());
        text.family(
                "apiserver_audit_level_total", "counter", "Counter of policy levels for audit events (1 per request).");
        tally.levels()
                .forEach((level, count) ->
                        text.sample("apiserver_audit_level_total", MetricsText.labels("level", level), count));
        text.family(
                "apiserver_audit_error_total",
                "counter",
                "Counter of audit events that failed to be audited properly. Plugin identifies the plugin affected by"
                        + " the error.");
        tally.errors()
                .forEach((plugin, count) ->
                        text.sample("apiserver_audit_error_total", MetricsText.labels("plugin", plugin), count));
    }
}
