package dev.longshore.builder.flags;

import java.util.Optional;

/// `RUN --mount=…`: what a command sees besides the image's files, for as long as it runs. Values are expanded;
/// targets are as they are written, so possibly relative to the working directory.
///
/// An owner or permissions that are not given are absent, so that whoever mounts can tell; the defaults stand
/// beside them.
public sealed interface Mount {

    /// Files of a stage, an image or a named context; of the build context if `from` is absent. What the command
    /// writes there is lost.
    ///
    /// @param source a path in it; empty for its root
    /// @param isReadOnly true unless `rw` is given
    record Bind(String target, Optional<String> from, String source, boolean isReadOnly) implements Mount {}

    /// A directory that outlives the build.
    ///
    /// @param id `id`, else the cleaned target: mounts with the same id share the directory
    /// @param from what it is filled with when it is new; nothing if absent
    /// @param source a path in `from`; empty for its root
    /// @param isReadOnly false unless `ro` is given
    /// @param owner of the new directory, 0:0 and 0755 where it does not say
    record Cache(
            String target,
            String id,
            Sharing sharing,
            Optional<String> from,
            String source,
            boolean isReadOnly,
            Ownership owner)
            implements Mount {}

    /// A file system in memory.
    ///
    /// @param size its limit in bytes; 0 for none
    record Tmpfs(String target, long size) implements Mount {}

    /// A secret from whoever asked for the build, as a file, in a variable, or both.
    ///
    /// @param id which one
    /// @param target the file; absent if there is only a variable
    /// @param variable its name; absent if there is only a file
    /// @param isRequired whether its absence fails the step
    /// @param owner of the file, 0:0 and 0400 where it does not say
    record Secret(String id, Optional<String> target, Optional<String> variable, boolean isRequired, Ownership owner)
            implements Mount {}

    /// A socket to the agent of whoever asked for the build.
    ///
    /// @param id which agent; `default` if none is named
    /// @param target the socket; absent for a place of the builder's choice (`/run/buildkit/ssh_agent.N`)
    /// @param owner of the socket, 0:0 and 0600 where it does not say
    record Ssh(String id, Optional<String> target, boolean isRequired, Ownership owner) implements Mount {}

    /// What happens when two steps want a cache at once.
    enum Sharing {
        /// Both use it.
        SHARED,
        /// The second gets another one.
        PRIVATE,
        /// The second waits.
        LOCKED
    }

    /// Whose a mounted file is; whatever is absent has the mount's default.
    record Ownership(Optional<Integer> mode, Optional<Long> uid, Optional<Long> gid) {

        /// Says nothing.
        public static final Ownership DEFAULT = new Ownership(Optional.empty(), Optional.empty(), Optional.empty());
    }
}
