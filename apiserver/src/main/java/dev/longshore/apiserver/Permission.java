package dev.longshore.apiserver;

import dev.longshore.model.AuditNotes;
import dev.longshore.model.Authorizer;
import dev.longshore.model.Authorizer.Attributes;
import dev.longshore.model.Authorizer.Decision;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GoText;
import dev.longshore.model.GroupResource;
import dev.longshore.model.MetricFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Asks whether users may do what they ask for.
final class Permission {

    /// Probes of load balancers carry no credentials.
    private static final Set<String> OPEN = Set.of("/healthz", "/livez", "/readyz");

    private final List<Authorizer> authorizers;
    private final AccessMeters meters;

    Permission(List<Authorizer> authorizers, AccessMeters meters) {
        this.authorizers = List.copyOf(authorizers);
        this.meters = meters;
    }

    /// @throws FaultException with [Fault.Forbidden] if not
    /// @throws UndecidedException if that cannot be found out
    void require(Attributes attributes) {
        decide(attributes, AuditNotes.IGNORED).enforce();
    }

    /// As [#require(Attributes)] of a request itself: counts it, and notes what was decided and why.
    void require(Attributes attributes, AuditNotes notes) {
        long begun = meters.now();
        Ruling ruling = decide(attributes, notes);
        meters.decided(ruling.result, begun);
        ruling.enforce();
    }

    /// @param result as metrics have it
    /// @param refusal empty if it is allowed
    private record Ruling(String result, Optional<RuntimeException> refusal) {
        static final Ruling ALLOWED = new Ruling("allowed", Optional.empty());

        void enforce() {
            if (refusal.isPresent()) {
                throw refusal.get();
            }
        }
    }

    private Ruling decide(Attributes attributes, AuditNotes notes) {
        if (!attributes.isResource() && OPEN.contains(attributes.path())) {
            note(notes, "allow", "");
            return Ruling.ALLOWED;
        }
        var reasons = new ArrayList<String>();
        for (Authorizer authorizer : authorizers) {
            switch (authorizer.authorize(attributes)) {
                case Decision.Allow(String why) -> {
                    note(notes, "allow", why);
                    return Ruling.ALLOWED;
                }
                case Decision.Deny(String why, String error) -> {
                    return new Ruling(
                            error.isEmpty() ? "denied" : "error",
                            Optional.of(refusal(attributes, List.of(why), error, notes)));
                }
                case Decision.NoOpinion(String why, String error) -> {
                    if (!error.isEmpty()) {
                        return new Ruling("error", Optional.of(undecided(error, notes)));
                    }
                    reasons.add(why);
                }
            }
        }
        return new Ruling("no-opinion", Optional.of(refusal(attributes, reasons, "", notes)));
    }

    List<MetricFamily> metrics() {
        return authorizers.stream()
                .flatMap(authorizer -> authorizer.metrics().stream())
                .toList();
    }

    private static RuntimeException refusal(
            Attributes attributes, List<String> reasons, String error, AuditNotes notes) {
        if (!error.isEmpty()) {
            return undecided(error, notes);
        }
        note(
                notes,
                "forbid",
                String.join("\n", reasons.stream().filter(why -> !why.isEmpty()).toList()));
        return forbidden(attributes, reasons);
    }

    private static UndecidedException undecided(String error, AuditNotes notes) {
        notes.add("authorization.k8s.io/reason", "internal error");
        return new UndecidedException(error);
    }

    private static void note(AuditNotes notes, String decision, String why) {
        notes.add("authorization.k8s.io/decision", decision);
        notes.add("authorization.k8s.io/reason", why);
    }

    /// As [#require], but what cannot be found out is forbidden, too.
    void requireSurely(Attributes attributes) {
        try {
            require(attributes);
        } catch (UndecidedException undecided) {
            throw forbidden(attributes, List.of(undecided.getMessage()));
        }
    }

    /// The refusal of `attributes`, for `reasons`.
    static FaultException forbidden(Attributes attributes, List<String> reasons) {
        var text = new StringBuilder("User ")
                .append(GoText.quoted(attributes.user().name()))
                .append(" cannot ");
        text.append(attributes.verb());
        if (attributes.isResource()) {
            String resource = attributes.subresource().isEmpty()
                    ? attributes.resource()
                    : attributes.resource() + "/" + attributes.subresource();
            text.append(" resource ").append(GoText.quoted(resource));
            text.append(" in API group ").append(GoText.quoted(attributes.group()));
            if (attributes.namespace().isEmpty()) {
                text.append(" at the cluster scope");
            } else {
                text.append(" in the namespace ").append(GoText.quoted(attributes.namespace()));
            }
        } else {
            text.append(" path ").append(GoText.quoted(attributes.path()));
        }
        var all = new StringBuilder(UndecidedException.harmless(text.toString()));
        reasons.stream()
                .filter(reason -> !reason.isEmpty())
                .forEach(reason -> all.append(": ").append(reason));
        var resource = new GroupResource(attributes.group(), attributes.resource());
        return new FaultException(new Fault.Forbidden(resource, attributes.name(), all.toString()));
    }
}
