package dev.longshore.images.registry.access;

import dev.longshore.http.Request;
import java.util.List;

/// Decides who may do what. Thread-safe; may block while a password is checked.
@FunctionalInterface
public interface Access {

    /// Everybody may do everything.
    Access OPEN = (request, needs) -> new Decision.Granted(Rights.ALL, Rights.ALL);

    /// Whether the sender of `request` may do `needs`. With no needs, only who it is counts.
    Decision decide(Request request, List<Need> needs) throws InterruptedException;

    /// What came of it.
    sealed interface Decision {

        /// Go on.
        ///
        /// @param rights what this request may do
        /// @param own what its sender may do at all: a token may be for less
        record Granted(Rights rights, Rights own) implements Decision {}

        /// Show who you are.
        ///
        /// @param challenge WWW-Authenticate
        record Challenged(String challenge, List<Need> missing) implements Decision {
            public Challenged {
                missing = List.copyOf(missing);
            }
        }

        /// We know who you are, and no.
        record Denied(List<Need> missing) implements Decision {
            public Denied {
                missing = List.copyOf(missing);
            }
        }

        /// Too many passwords at once.
        record Busy() implements Decision {}
    }
}
