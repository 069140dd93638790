package dev.longshore.apiserver;

import dev.longshore.http.Query;
import dev.longshore.http.Request;
import dev.longshore.model.Cause;
import dev.longshore.model.Fault;
import dev.longshore.model.FaultException;
import dev.longshore.model.GroupVersionKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// What the query of a list or a watch says of revisions, pages and time. Checked in the order in which
/// kube-apiserver checks: first the combination, then each value.
///
/// @param resourceVersion as it was sent; empty for none
/// @param limit 0 for none
/// @param sendInitialEvents empty when the query does not say
/// @param timeoutSeconds 0 for none
record ListOptions(
        String resourceVersion,
        String match,
        long limit,
        String continueToken,
        Optional<Boolean> sendInitialEvents,
        boolean wantsBookmarks,
        long timeoutSeconds) {

    private static final GroupVersionKind KIND = new GroupVersionKind("meta.k8s.io", "v1", "ListOptions");
    private static final String EXACT = "Exact";
    private static final String NOT_OLDER = "NotOlderThan";
    private static final String MATCH = "resourceVersionMatch";

    /// Which state a list wants.
    sealed interface Wanted {
        /// The newest.
        record Newest() implements Wanted {}

        /// Whatever is at hand.
        record Any() implements Wanted {}

        /// This one or a newer one.
        record NotOlder(long revision) implements Wanted {}

        /// Exactly this one.
        record Exact(long revision) implements Wanted {}

        /// The one at which the list began.
        record Rest(Continuation from) implements Wanted {}
    }

    /// @throws FaultException with [Fault.BadRequest] when a number is none
    static ListOptions of(Request request) {
        Query query = request.query();
        return new ListOptions(
                query.first("resourceVersion").orElse(""),
                query.first(MATCH).orElse(""),
                Math.max(0, number(query, "limit")),
                query.first("continue").orElse(""),
                query.first("sendInitialEvents").map(text -> isTrue(query, "sendInitialEvents")),
                isTrue(query, "allowWatchBookmarks"),
                Math.max(0, number(query, "timeoutSeconds")));
    }

    /// What a list of these options wants.
    ///
    /// @throws FaultException with [Fault.Invalid] or [Fault.BadRequest]
    Wanted list() {
        refuse(listCauses());
        if (!continueToken.isEmpty()) {
            Continuation from = Continuation.parse(continueToken);
            if (!resourceVersion.isEmpty() && !resourceVersion.equals("0")) {
                throw new FaultException(
                        new Fault.BadRequest("specifying resource version is not allowed when using continue"));
            }
            return new Wanted.Rest(from);
        }
        if (resourceVersion.isEmpty()) {
            return new Wanted.Newest();
        }
        long revision = revision("invalid resource version: ");
        if (revision == 0) {
            return new Wanted.Any();
        }
        boolean isExact = match.equals(EXACT) || match.isEmpty() && limit > 0;
        return isExact ? new Wanted.Exact(revision) : new Wanted.NotOlder(revision);
    }

    /// How many objects a list may have; 0 for all. Whoever is content with any state gets all of it.
    long pageSize() {
        return resourceVersion.equals("0") && continueToken.isEmpty() ? 0 : limit;
    }

    /// Where a watch of these options begins; 0 if the query does not say, or says 0.
    ///
    /// @throws FaultException with [Fault.Invalid], or with what is said of a revision that is no number
    long watchFrom() {
        refuse(watchCauses());
        return resourceVersion.isEmpty() ? 0 : revision("");
    }

    /// The revision of a get; 0 for whatever is at hand, empty for the newest.
    Optional<Long> get() {
        return resourceVersion.isEmpty() ? Optional.empty() : Optional.of(revision(""));
    }

    private List<Cause> listCauses() {
        var causes = new ArrayList<Cause>();
        if (!match.isEmpty()) {
            if (resourceVersion.isEmpty()) {
                causes.add(Cause.forbidden(MATCH, MATCH + " is forbidden unless resourceVersion is provided"));
            }
            if (!continueToken.isEmpty()) {
                causes.add(Cause.forbidden(MATCH, MATCH + " is forbidden when continue is provided"));
            }
            if (!match.equals(EXACT) && !match.equals(NOT_OLDER)) {
                causes.add(Cause.unsupported(MATCH, '"' + match + '"', List.of(EXACT, NOT_OLDER, "")));
            }
            if (match.equals(EXACT) && resourceVersion.equals("0")) {
                causes.add(Cause.forbidden(MATCH, MATCH + " \"exact\" is forbidden for resourceVersion \"0\""));
            }
        }
        if (sendInitialEvents.isPresent()) {
            causes.add(Cause.forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list"));
        }
        return causes;
    }

    private List<Cause> watchCauses() {
        var causes = new ArrayList<Cause>();
        if (sendInitialEvents.isPresent() && !match.equals(NOT_OLDER)) {
            causes.add(Cause.forbidden(MATCH, "sendInitialEvents requires setting " + MATCH + " to " + NOT_OLDER));
        }
        if (!match.isEmpty()) {
            if (sendInitialEvents.isEmpty()) {
                causes.add(
                        Cause.forbidden(MATCH, MATCH + " is forbidden for watch unless sendInitialEvents is provided"));
            }
            if (!match.equals(NOT_OLDER)) {
                causes.add(Cause.unsupported(MATCH, '"' + match + '"', List.of(NOT_OLDER)));
            }
            if (!continueToken.isEmpty()) {
                causes.add(Cause.forbidden(MATCH, MATCH + " is forbidden when continue is provided"));
            }
        }
        return causes;
    }

    private static void refuse(List<Cause> causes) {
        if (!causes.isEmpty()) {
            throw new FaultException(new Fault.Invalid(KIND, "", causes));
        }
    }

    /// Lists have more to say about it. Watches and gets of kube-apiserver answer 500, which is for mistakes of a
    /// server's own.
    private long revision(String introduction) {
        try {
            return Long.parseUnsignedLong(resourceVersion);
        } catch (NumberFormatException unreadable) {
            String message = introduction
                    + "resourceVersion: Invalid value: \"%s\": strconv.ParseUint: parsing \"%s\": invalid syntax"
                            .formatted(resourceVersion, resourceVersion);
            throw new FaultException(new Fault.BadRequest(message), unreadable);
        }
    }

    /// A whole number of the query; 0 when it does not say.
    ///
    /// @throws FaultException with [Fault.BadRequest]
    static long number(Query query, String parameter) {
        String text = query.first(parameter).orElse("");
        if (text.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException unreadable) {
            throw new FaultException(
                    new Fault.BadRequest("strconv.ParseInt: parsing \"" + text + "\": invalid syntax"), unreadable);
        }
    }

    /// As Kubernetes reads booleans of a query: whatever is there and neither `0` nor `false` means yes.
    private static boolean isTrue(Query query, String parameter) {
        return query.first(parameter)
                .map(value -> !value.equals("0") && !value.equalsIgnoreCase("false"))
                .orElse(false);
    }
}
