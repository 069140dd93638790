package dev.longshore.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/// Something that a build step sees besides its root file system, and that is no part of what it changes. The
/// target is absolute, and nothing of it is a symbolic link in the step's root file system.
public sealed interface StepMount {

    /// Where the step sees it.
    String target();

    /// A file, directory or socket of the host.
    ///
    /// @param source nothing of it is a symbolic link
    record Bind(Path source, String target, boolean readOnly) implements StepMount {}

    /// Directories one above the other.
    ///
    /// @param layers topmost first, in overlayfs form
    /// @param path what of it is shown: absolute within the tree, nothing of it a symbolic link
    /// @param readOnly otherwise the step may write, and what it wrote is gone when it ends
    record Tree(List<Path> layers, String path, String target, boolean readOnly) implements StepMount {
        public Tree {
            layers = List.copyOf(layers);
        }
    }

    /// Memory.
    ///
    /// @param bytes how much; half of the machine's without it
    record Memory(String target, OptionalLong bytes) implements StepMount {}

    /// A file that lies in memory only, for as long as the step runs.
    final class Secret implements StepMount {
        private final String target;
        private final byte[] content;
        private final int uid;
        private final int gid;
        private final int mode;

        /// With `content`, belonging to `uid` and `gid`, with the permissions `mode`.
        public Secret(String target, byte[] content, int uid, int gid, int mode) {
            this.target = target;
            this.content = content.clone();
            this.uid = uid;
            this.gid = gid;
            this.mode = mode;
        }

        @Override
        public String target() {
            return target;
        }

        /// What nobody else may see.
        public byte[] content() {
            return content.clone();
        }

        /// Whose it is.
        public int uid() {
            return uid;
        }

        /// Which group's it is.
        public int gid() {
            return gid;
        }

        /// Its permissions.
        public int mode() {
            return mode;
        }

        @Override
        public String toString() {
            return "Secret[target=" + target + "]";
        }
    }
}
