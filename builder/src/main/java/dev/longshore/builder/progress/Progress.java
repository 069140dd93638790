package dev.longshore.builder.progress;

import dev.longshore.base.Time;
import java.time.Duration;

/// Tells a listener of a build. Thread-safe.
public final class Progress {

    private final BuildListener listener;
    private final Time time;

    /// Tells `listener`, with the times of `time`.
    public Progress(BuildListener listener, Time time) {
        this.listener = listener;
        this.time = time;
    }

    /// Something happened.
    public void tell(BuildEvent event) {
        listener.on(event);
    }

    /// A step begins.
    public Running begin(StepName step) {
        listener.on(new BuildEvent.StepStarted(step, time.now()));
        return new Running(step, time.nanoTime());
    }

    /// A step under way.
    public final class Running {
        private final StepName step;
        private final long startedAt;

        private Running(StepName step, long startedAt) {
            this.step = step;
            this.startedAt = startedAt;
        }

        /// It comes from the cache.
        public void cached() {
            listener.on(new BuildEvent.StepCached(step));
        }

        /// It runs in the container `name`.
        public void inContainer(String name) {
            listener.on(new BuildEvent.ContainerStarted(step, name));
        }

        /// Its container is gone.
        public void containerRemoved(String name) {
            listener.on(new BuildEvent.ContainerRemoved(step, name));
        }

        /// It says `text`.
        public void log(String text) {
            listener.on(new BuildEvent.Log(step, text));
        }

        /// It is done; `result` is the short id of the image so far.
        public void done(String result) {
            listener.on(new BuildEvent.StepDone(step, took(), result));
        }

        /// It failed.
        public void failed(String why) {
            listener.on(new BuildEvent.StepFailed(step, took(), why));
        }

        private Duration took() {
            return Duration.ofNanos(time.nanoTime() - startedAt);
        }
    }
}
