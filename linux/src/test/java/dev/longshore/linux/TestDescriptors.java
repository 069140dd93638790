package dev.longshore.linux;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Pipes as bare descriptors, whose one end a test gives away.
public final class TestDescriptors {

    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final short HANG_UP = 0x10;
    private static final MethodHandle PIPE2 = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().findOrThrow("pipe2"),
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

    private TestDescriptors() {}

    public static Pipe pipe() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
            if ((int) PIPE2.invokeExact(ends, CLOSE_ON_EXEC) != 0) {
                throw new IOException("no pipe");
            }
            return new Pipe(
                    new HeldDescriptor(ends.getAtIndex(ValueLayout.JAVA_INT, 0)),
                    new HeldDescriptor(ends.getAtIndex(ValueLayout.JAVA_INT, 1)));
        } catch (IOException failure) {
            throw failure;
        } catch (Throwable impossible) {
            throw new AssertionError(impossible);
        }
    }

    /// @param writing the end to give away
    public record Pipe(HeldDescriptor reading, HeldDescriptor writing) implements AutoCloseable {

        /// Whether nobody has the writing end any more.
        public boolean isHungUp() {
            try (var call = new LibC.Call()) {
                MemorySegment asked = call.arena().allocate(8, Integer.BYTES);
                asked.set(ValueLayout.JAVA_INT, 0, reading.number());
                call.poll(asked, 1, 0);
                return (asked.get(ValueLayout.JAVA_SHORT, 6) & HANG_UP) != 0;
            }
        }

        @Override
        public void close() {
            reading.close();
            writing.close();
        }
    }
}
