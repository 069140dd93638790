package dev.longshore.apiserver.audit;

import dev.longshore.model.UserInfo;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/// What is told of a request at one of its stages: an `Event` of `audit.k8s.io/v1`.
///
/// @param user without a name for a request that was refused before it was known who asks
/// @param impersonated whom the user acts as
/// @param subject what it is about; empty of what is no resource
/// @param status what is answered, as far as it is known: of a Status only what describes it; not to be changed
/// @param sent the object that came, as JSON; empty if there is none or the level does not tell it
/// @param answered the object that is answered, likewise
record AuditEvent(
        AuditLevel level,
        String id,
        AuditStage stage,
        Line line,
        UserInfo user,
        Optional<Acting> impersonated,
        Optional<ObjectReference> subject,
        Optional<ObjectNode> status,
        Optional<byte[]> sent,
        Optional<byte[]> answered,
        Instant received,
        Instant at,
        SortedMap<String, String> annotations) {

    AuditEvent {
        annotations = Collections.unmodifiableSortedMap(annotations);
    }

    /// Whom a user acts as.
    ///
    /// @param constraint the verb of a constrained way to do so; else empty
    record Acting(UserInfo user, String constraint) {}

    /// What the request's first line and headers say.
    ///
    /// @param sources addresses that it came through, the nearest last
    record Line(String uri, String verb, List<String> sources, String userAgent) {
        Line {
            sources = List.copyOf(sources);
        }
    }

    /// Without objects, and with a note that says so.
    AuditEvent truncated() {
        var notes = new TreeMap<>(annotations);
        notes.put("audit.k8s.io/truncated", "true");
        return new AuditEvent(
                level,
                id,
                stage,
                line,
                user,
                impersonated,
                subject,
                status,
                Optional.empty(),
                Optional.empty(),
                received,
                at,
                notes);
    }
}
