package dev.longshore.builder.progress;

/// Hears of a build. Called by the threads of several stages at once: implementations are thread-safe. Must not
/// throw; a slow one slows the build.
@FunctionalInterface
public interface BuildListener {

    /// `event` has happened.
    void on(BuildEvent event);
}
