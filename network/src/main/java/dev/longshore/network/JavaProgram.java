package dev.longshore.network;

import java.nio.file.Path;

/// How to start another Java process of the same program.
///
/// @param executable the `java` to run
/// @param classPath as `-cp` wants it
public record JavaProgram(Path executable, String classPath) {}
