package dev.longshore.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.stream.Stream;

/// The processor time that the threads of a process have taken, to the nanosecond, without the JVM's compiler: what it
/// does in one phase is often what an earlier one asked for.
final class ThreadTimes {

    private static final String COMPILER = "CompilerThre";

    private ThreadTimes() {}

    /// In microseconds.
    static double micros(long pid) throws IOException {
        double sum = 0;
        try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            for (Path thread : threads.toList()) {
                sum += ofThread(thread);
            }
        }
        return sum / 1000;
    }

    private static double ofThread(Path thread) throws IOException {
        try {
            boolean isCompiler = Files.readString(thread.resolve("comm")).contains(COMPILER);
            return isCompiler
                    ? 0
                    : Double.parseDouble(
                            Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
        } catch (NoSuchFileException ended) {
            return 0;
        }
    }
}
