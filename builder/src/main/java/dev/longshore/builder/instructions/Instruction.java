package dev.longshore.builder.instructions;

import dev.longshore.builder.dockerfile.Line;
import dev.longshore.builder.stage.Build;
import java.io.IOException;

/// One thing that a Dockerfile can say. Has no state of its own.
public interface Instruction {

    /// Its name, in upper case.
    String keyword();

    /// Does what `line` says to `build`. Interrupting the thread ends it and leaves nothing half done.
    ///
    /// @throws dev.longshore.builder.dockerfile.DockerfileException when the line is wrong or what it asks for
    /// fails
    void apply(Line line, Build build) throws IOException, InterruptedException;
}
