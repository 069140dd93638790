package dev.longshore.model;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// Why the API refuses: facts, which [Status] turns into Kubernetes' `Status` objects. Messages are those of
/// kube-apiserver.
public sealed interface Fault {

    /// The HTTP status code.
    int code();

    /// The machine-readable reason (`NotFound`, `Conflict` …).
    String reason();

    /// The sentence for people.
    String message();

    /// True if somebody else was quicker: what was read before the write is no longer so.
    default boolean isRace() {
        return this instanceof NotFound || this instanceof AlreadyExists || this instanceof Conflict;
    }

    /// No such object.
    record NotFound(GroupResource resource, String name) implements Fault {
        @Override
        public int code() {
            return 404;
        }

        @Override
        public String reason() {
            return "NotFound";
        }

        @Override
        public String message() {
            return "%s \"%s\" not found".formatted(resource, name);
        }
    }

    /// No such path.
    record NoSuchPath() implements Fault {
        @Override
        public int code() {
            return 404;
        }

        @Override
        public String reason() {
            return "NotFound";
        }

        @Override
        public String message() {
            return "the server could not find the requested resource";
        }
    }

    /// Something that is no object is not there, as a metric; `message` says what.
    record Missing(String message) implements Fault {
        @Override
        public int code() {
            return 404;
        }

        @Override
        public String reason() {
            return "NotFound";
        }
    }

    /// An object of this name exists.
    record AlreadyExists(GroupResource resource, String name) implements Fault {
        @Override
        public int code() {
            return 409;
        }

        @Override
        public String reason() {
            return "AlreadyExists";
        }

        @Override
        public String message() {
            return "%s \"%s\" already exists".formatted(resource, name);
        }
    }

    /// It was changed meanwhile, or a precondition failed.
    record Conflict(GroupResource resource, String name, String detail) implements Fault {
        /// What is said of an outdated resourceVersion.
        public static final String MODIFIED =
                "the object has been modified; please apply your changes to the latest version and try again";

        @Override
        public int code() {
            return 409;
        }

        @Override
        public String reason() {
            return "Conflict";
        }

        @Override
        public String message() {
            return "Operation cannot be fulfilled on %s \"%s\": %s".formatted(resource, name, detail);
        }
    }

    /// Others own what an apply would change.
    ///
    /// @param causes one for each field
    record ApplyConflict(List<Cause> causes) implements Fault {
        public ApplyConflict {
            causes = List.copyOf(causes);
        }

        @Override
        public int code() {
            return 409;
        }

        @Override
        public String reason() {
            return "Conflict";
        }

        @Override
        public String message() {
            if (causes.size() == 1) {
                Cause only = causes.getFirst();
                return "Apply failed with 1 conflict: " + only.message() + ": " + only.field();
            }
            var byOwner = causes.stream()
                    .collect(Collectors.groupingBy(
                            Cause::message,
                            java.util.LinkedHashMap::new,
                            Collectors.mapping(Cause::field, Collectors.toList())));
            String list = byOwner.entrySet().stream()
                    .map(owner -> owner.getKey().replaceFirst("^conflict ", "conflicts ") + ":\n- "
                            + String.join("\n- ", owner.getValue()))
                    .collect(Collectors.joining("\n"));
            return "Apply failed with " + causes.size() + " conflicts: " + list;
        }
    }

    /// It breaks rules of its kind.
    record Invalid(GroupVersionKind kind, String name, List<Cause> causes) implements Fault {
        public Invalid {
            causes = List.copyOf(causes);
        }

        @Override
        public int code() {
            return 422;
        }

        @Override
        public String reason() {
            return "Invalid";
        }

        @Override
        public String message() {
            String type = kind.group().isEmpty() ? kind.kind() : kind.kind() + "." + kind.group();
            List<String> details = causes.stream()
                    .map(cause -> cause.field() + ": " + cause.message())
                    .distinct()
                    .toList();
            String list = details.size() == 1
                    ? details.getFirst()
                    : details.stream().collect(Collectors.joining(", ", "[", "]"));
            return "%s \"%s\" is invalid: %s".formatted(type, name, list);
        }
    }

    /// A patch that cannot be carried out: a test in it fails, or there is nothing at its path.
    record Unprocessable() implements Fault {
        @Override
        public int code() {
            return 422;
        }

        @Override
        public String reason() {
            return "Invalid";
        }

        @Override
        public String message() {
            return "the server rejected our request due to an error in our request";
        }
    }

    /// The request makes no sense.
    record BadRequest(String message) implements Fault {
        @Override
        public int code() {
            return 400;
        }

        @Override
        public String reason() {
            return "BadRequest";
        }
    }

    /// Nobody we know.
    record Unauthorized(String message) implements Fault {
        @Override
        public int code() {
            return 401;
        }

        @Override
        public String reason() {
            return "Unauthorized";
        }
    }

    /// Somebody who may not. `resource.resource` is empty for requests that are not about resources.
    record Forbidden(GroupResource resource, String name, String detail) implements Fault {
        @Override
        public int code() {
            return 403;
        }

        @Override
        public String reason() {
            return "Forbidden";
        }

        @Override
        public String message() {
            if (resource.resource().isEmpty()) {
                return "forbidden: " + detail;
            }
            return name.isEmpty()
                    ? "%s is forbidden: %s".formatted(resource, detail)
                    : "%s \"%s\" is forbidden: %s".formatted(resource, name, detail);
        }
    }

    /// The path is there, the method is not.
    record MethodNotAllowed(String message) implements Fault {
        @Override
        public int code() {
            return 405;
        }

        @Override
        public String reason() {
            return "MethodNotAllowed";
        }
    }

    /// None of the media types asked for can be had.
    record NotAcceptable(String message) implements Fault {
        @Override
        public int code() {
            return 406;
        }

        @Override
        public String reason() {
            return "NotAcceptable";
        }
    }

    /// The revision asked for is gone; the client lists anew.
    record Expired(String message) implements Fault {
        @Override
        public int code() {
            return 410;
        }

        @Override
        public String reason() {
            return "Expired";
        }
    }

    /// Too many bytes.
    record TooLarge(String message) implements Fault {
        @Override
        public int code() {
            return 413;
        }

        @Override
        public String reason() {
            return "RequestEntityTooLarge";
        }
    }

    /// A body of a kind that is not read here.
    record UnsupportedMediaType(String message) implements Fault {
        @Override
        public int code() {
            return 415;
        }

        @Override
        public String reason() {
            return "UnsupportedMediaType";
        }
    }

    /// Not now; again after `retryAfter`, of which nothing is said when it is zero.
    record TooManyRequests(String message, Duration retryAfter, List<Cause> causes) implements Fault {
        public TooManyRequests {
            causes = List.copyOf(causes);
        }

        @Override
        public int code() {
            return 429;
        }

        @Override
        public String reason() {
            return "TooManyRequests";
        }
    }

    /// Took too long.
    record Timeout(String message) implements Fault {
        @Override
        public int code() {
            return 504;
        }

        @Override
        public String reason() {
            return "Timeout";
        }
    }

    /// The revision asked for is not here yet; again after a second.
    record TooLargeRevision(long asked, long newest) implements Fault {
        @Override
        public int code() {
            return 504;
        }

        @Override
        public String reason() {
            return "Timeout";
        }

        @Override
        public String message() {
            return "Timeout: Too large resource version: %d, current: %d".formatted(asked, newest);
        }
    }

    /// A list cannot go on at its revision, which is gone.
    ///
    /// @param token continues it at the newest revision instead
    record ContinueExpired(String token) implements Fault {
        @Override
        public int code() {
            return 410;
        }

        @Override
        public String reason() {
            return "Expired";
        }

        @Override
        public String message() {
            return "The provided continue parameter is too old to display a consistent list result. You can start a new"
                    + " list without the continue parameter, or use the continue token in this response to retrieve the"
                    + " remainder of the results. Continuing with the provided token results in an inconsistent list -"
                    + " objects that were created, modified, or deleted between the time the first chunk was returned"
                    + " and now may show up in the list.";
        }
    }

    /// A part that this needs does not answer.
    record Unavailable(String message) implements Fault {
        @Override
        public int code() {
            return 503;
        }

        @Override
        public String reason() {
            return "ServiceUnavailable";
        }
    }

    /// Our own mistake, or the disk's.
    record Internal(String message) implements Fault {
        @Override
        public int code() {
            return 500;
        }

        @Override
        public String reason() {
            return "InternalError";
        }
    }

    /// An admission webhook or policy said no, with a code, a reason and details of its own.
    ///
    /// @param details of the Status; empty for none
    record Denied(int code, String reason, String message, ObjectNode details) implements Fault {}

    /// Whatever a back end (kubelet …) said, passed on.
    record Foreign(int code, String reason, String message) implements Fault {}
}
