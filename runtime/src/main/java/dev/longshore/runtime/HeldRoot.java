package dev.longshore.runtime;

import dev.longshore.linux.Held;
import dev.longshore.linux.InRoot;
import java.io.IOException;
import java.nio.file.Path;

/// A root file system by its top directory, which is held: it stays the same when the process ends by which it was
/// found, and when another process gets that one's number.
public final class HeldRoot implements RootView {

    private final Held top;
    private final InRoot inside;
    private final Runnable end;

    private HeldRoot(Held top, Runnable end) {
        this.top = top;
        this.inside = new InRoot(top.path());
        this.end = end;
    }

    /// That of the directory `top`; `end` is run when it is closed.
    public static HeldRoot of(Path top, Runnable end) throws IOException {
        return new HeldRoot(new InRoot(top).directory(""), end);
    }

    @Override
    public Place directory(String path) throws IOException {
        return new HeldPlace(inside.directory(path));
    }

    /// What is at `path`, whatever it is, after every link.
    public Held entry(String path) throws IOException {
        return inside.entry(path);
    }

    @Override
    public void close() {
        top.close();
        end.run();
    }

    private record HeldPlace(Held held) implements Place {
        @Override
        public Path path() {
            return held.path();
        }

        @Override
        public Place child(String name) throws IOException {
            return new HeldPlace(held.child(name));
        }

        @Override
        public void close() {
            held.close();
        }
    }
}
