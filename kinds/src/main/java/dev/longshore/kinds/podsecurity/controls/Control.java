package dev.longshore.kinds.podsecurity.controls;

import java.util.List;
import java.util.Optional;

/// One control of the standards, as it changed over the releases.
///
/// @param id orders the controls of a level
/// @param level [Level#BASELINE], or [Level#RESTRICTED]
/// @param revisions from the oldest to the newest
record Control(String id, Level level, List<Revision> revisions) {

    Control {
        if (level == Level.PRIVILEGED || revisions.isEmpty()) {
            throw new IllegalArgumentException("control " + id + " of level " + level);
        }
        revisions = List.copyOf(revisions);
    }

    static Control of(String id, Level level, Revision... revisions) {
        return new Control(id, level, List.of(revisions));
    }

    /// What holds in release 1.`minor`.
    Optional<Revision> at(int minor) {
        return revisions.stream().filter(revision -> revision.since <= minor).reduce((older, newer) -> newer);
    }

    /// Judges one pod. Pure.
    @FunctionalInterface
    interface Check {
        /// What is wrong, if anything is.
        Optional<Violation> judge(PodSubject pod);

        /// This, but not of pods for Windows, whose fields the API keeps empty anyway.
        default Check butOnWindows() {
            return pod -> pod.isForWindows() ? Optional.empty() : judge(pod);
        }

        /// This, but not of pods with users of their own: their root is nobody on the host.
        default Check butInUserNamespaces() {
            return pod -> pod.hasOwnUsers() ? Optional.empty() : judge(pod);
        }
    }

    /// @param since the minor number of the first release with it
    /// @param replaced the control of [Level#BASELINE] that this is stricter than; empty for none
    record Revision(int since, Check check, String replaced) {

        static Revision since(int minor, Check check) {
            return new Revision(minor, check, "");
        }

        Revision replacing(String id) {
            return new Revision(since, check, id);
        }
    }
}
