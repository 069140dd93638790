package dev.longshore.model;

import java.time.Instant;
import java.util.List;

/// The request that strategies, admission and actions work for.
///
/// @param user who asks, after impersonation
/// @param dryRun nothing may be kept and nothing outside may be touched
/// @param warnings where to put sentences for the client's `Warning` headers
/// @param notes where to put what an audit shall tell
/// @param deadline until when an answer makes sense; [Instant#MAX] for as long as it takes
public record Call(UserInfo user, boolean dryRun, List<String> warnings, AuditNotes notes, Instant deadline) {

    /// One that nobody audits and that takes as long as it takes.
    public Call(UserInfo user, boolean dryRun, List<String> warnings) {
        this(user, dryRun, warnings, AuditNotes.IGNORED, Instant.MAX);
    }

    /// The same request, kept or not.
    public Call dryRun(boolean isDryRun) {
        return isDryRun == dryRun ? this : new Call(user, isDryRun, warnings, notes, deadline);
    }
}
