package dev.longshore.apiserver.relay;

/// Under what a request stands in audit logs, here and wherever it is led on to.
public record AuditId(String text) {

    /// The header that tells it.
    public static final String HEADER = "Audit-ID";
}
