package dev.longshore.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/// Where the bytes of one output go while they come. For one thread.
interface ReceivedOutput extends AutoCloseable {

    /// More of it.
    void take(byte[] bytes) throws IOException;

    /// That was all.
    void finish() throws IOException;

    /// Throws away what was not finished.
    @Override
    void close() throws IOException;

    /// That of `target`.
    static ReceivedOutput of(BuildOutput.Target target, OutputStream stdout) throws IOException {
        return switch (target) {
            case BuildOutput.Target.Nowhere() -> throw new IOException("the engine sends what was not asked for");
            case BuildOutput.Target.Stdout() -> new Stream(stdout);
            case BuildOutput.Target.ToFile(Path path) -> File.beside(path);
            case BuildOutput.Target.Unpacked(Path directory) -> Tree.in(directory);
        };
    }

    /// On a stream that stays open.
    record Stream(OutputStream out) implements ReceivedOutput {
        @Override
        public void take(byte[] bytes) throws IOException {
            out.write(bytes);
        }

        @Override
        public void finish() throws IOException {
            out.flush();
        }

        @Override
        public void close() {}
    }

    /// In a file beside its place, which it takes at the end.
    record File(Path place, Path fresh, OutputStream out) implements ReceivedOutput {
        static File beside(Path place) throws IOException {
            Path whole = place.toAbsolutePath();
            if (Files.isDirectory(whole)) {
                throw new CommandFailure("--output: " + place + " is a directory; name a file");
            }
            Files.createDirectories(whole.getParent());
            Path fresh = Files.createTempFile(whole.getParent(), ".longshore-", ".part");
            return new File(whole, fresh, Files.newOutputStream(fresh));
        }

        @Override
        public void take(byte[] bytes) throws IOException {
            out.write(bytes);
        }

        @Override
        public void finish() throws IOException {
            out.close();
            Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }

        @Override
        public void close() throws IOException {
            out.close();
            Files.deleteIfExists(fresh);
        }
    }

    /// Unpacked by the host's tar, which keeps owners and modes, and lets no member out of the directory.
    record Tree(Process tar, OutputStream in) implements ReceivedOutput {
        static Tree in(Path directory) throws IOException {
            Files.createDirectories(directory);
            var command = new ArrayList<>(List.of("tar", "-x", "-p", "-f", "-", "-C", directory.toString()));
            command.add("--numeric-owner");
            Process tar = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return new Tree(tar, tar.getOutputStream());
        }

        @Override
        public void take(byte[] bytes) throws IOException {
            in.write(bytes);
        }

        @Override
        public void finish() throws IOException {
            in.close();
            try {
                int exit = tar.waitFor();
                if (exit != 0) {
                    throw new CommandFailure("tar could not unpack the output: it ended with " + exit);
                }
            } catch (InterruptedException cancelled) {
                Thread.currentThread().interrupt();
                throw new IOException("cancelled", cancelled);
            }
        }

        @Override
        public void close() {
            tar.destroy();
        }
    }
}
