package dev.longshore.builder.progress;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Something that happened in a build. Events of one step come in order; those of steps of different stages
/// mingle.
public sealed interface BuildEvent {

    /// What will be done: every step of every stage that the target needs, in the Dockerfile's order. The first
    /// event, but for messages about a Dockerfile that cannot be planned.
    record Planned(List<StepName> steps) implements BuildEvent {
        public Planned {
            steps = List.copyOf(steps);
        }
    }

    /// A step begins.
    record StepStarted(StepName step, Instant at) implements BuildEvent {}

    /// The running step was taken from the cache.
    record StepCached(StepName step) implements BuildEvent {}

    /// The running step has a container, called `name`.
    record ContainerStarted(StepName step, String name) implements BuildEvent {}

    /// The running step said something: any piece of text, not always whole lines.
    record Log(StepName step, String text) implements BuildEvent {}

    /// The container of the running step is gone.
    record ContainerRemoved(StepName step, String name) implements BuildEvent {}

    /// A step is done.
    ///
    /// @param result the short id of the image so far; empty before the first stage
    record StepDone(StepName step, Duration took, String result) implements BuildEvent {}

    /// A step failed. Its build ends with an exception that says the same at more length.
    record StepFailed(StepName step, Duration took, String why) implements BuildEvent {}

    /// A stage is done: nothing more comes from it.
    record StageDone(int stage) implements BuildEvent {}

    /// Something about the build as a whole; ends with a newline.
    record Message(String text) implements BuildEvent {}
}
