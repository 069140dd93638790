package dev.longshore.images;

/// Holds a container still while its files are read.
public interface Freeze {

    /// Of what need not be held.
    Freeze NONE = new Freeze() {
        @Override
        public void freeze() {}

        @Override
        public void thaw() {}
    };

    /// From now on nothing of it runs.
    void freeze() throws InterruptedException;

    /// It goes on. Always called after [#freeze], also when something failed.
    void thaw();
}
