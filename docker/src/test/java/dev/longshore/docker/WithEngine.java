package dev.longshore.docker;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Tests that begin with an engine of their own.
abstract class WithEngine {

    @TempDir
    Path root;

    EngineFixture engine;

    @BeforeEach
    void open() throws Exception {
        engine = new EngineFixture(root);
    }

    @AfterEach
    void close() {
        engine.close();
    }
}
