package dev.longshore.builder.progress;

/// Which step of which stage.
///
/// @param stage its number in the Dockerfile, from 0; -1 for what stands before the first stage
/// @param stageName its name, or `stage-N`
/// @param number of the step among all steps of the build, from 1
/// @param total how many steps the build has
/// @param text the instruction on one line
public record StepName(int stage, String stageName, int number, int total, String text) {}
