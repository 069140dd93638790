package dev.longshore.builder.progress;

/// Which step of which stage.
///
/// @param stage its number among all stages of the build, from 0: that in the Dockerfile, counted on for each further
///     platform; -1 for what stands before the first stage
/// @param stageName its name, or `stage-N`
/// @param number of the step among all steps of the build, from 1
/// @param total how many steps the build has
/// @param text the instruction on one line
/// @param platform what the step runs on, `linux/arm64`, and what for if that is something else:
///     `linux/amd64->arm64`; empty if the build is for one platform
public record StepName(int stage, String stageName, int number, int total, String text, String platform) {

    /// Of a build for one platform.
    public StepName(int stage, String stageName, int number, int total, String text) {
        this(stage, stageName, number, total, text, "");
    }
}
