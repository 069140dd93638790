package dev.longshore.store;

/// A watch of a store in this process: many of them need no thread that waits in [#next].
public interface EmbeddedWatcher extends Watcher {

    /// Has `news` run from now on each time there may be something to read, by the thread that brought it, which it
    /// must not hold up.
    void listen(Runnable news);

    /// What [#next] would do now.
    News news();

    /// What a watch has to say.
    enum News {
        /// Nothing: it would wait.
        NONE,
        /// It would return at once, or throw.
        AT_HAND,
        /// It would read the history first.
        IN_HISTORY
    }
}
