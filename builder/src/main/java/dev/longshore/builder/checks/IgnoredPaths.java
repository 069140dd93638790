package dev.longshore.builder.checks;

/// What a `.dockerignore` leaves out of the context.
public interface IgnoredPaths {

    /// True if the file at `path`, relative to the context, is left out.
    boolean ignores(String path);

    /// True if some pattern brings files back: then nothing is sure.
    boolean hasExceptions();

    /// True if a pattern such as `*` or `**` leaves everything out.
    boolean ignoresAll();

    /// Leaves nothing out.
    static IgnoredPaths none() {
        return new IgnoredPaths() {
            @Override
            public boolean ignores(String path) {
                return false;
            }

            @Override
            public boolean hasExceptions() {
                return false;
            }

            @Override
            public boolean ignoresAll() {
                return false;
            }
        };
    }
}
