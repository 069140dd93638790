package dev.longshore.builder.transfer;

import dev.longshore.builder.stage.SourceTree.Entry;
import dev.longshore.images.Compression;
import dev.longshore.images.FileStat;
import dev.longshore.images.LayerDirectory;
import dev.longshore.images.LayerTree;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Writes pieces into a layer, as BuildKit's copying does: links on the way to the destination are followed within
/// the image; below it no link is, and nothing takes the place of a directory, nor a directory that of anything
/// else. Files that are one by hard links stay one. For one thread.
public final class Landing {

    private final LayerTree target;
    private final String destination;
    private final boolean isDirectory;
    private final Looks looks;
    private final boolean borrows;
    private final Map<String, Path> copies = new HashMap<>();

    /// Into `target`.
    ///
    /// @param destination an absolute path
    /// @param isDirectory whether that must be a directory
    /// @param borrows whether files may be linked that are lent: nobody changes the layer's files in place later
    public Landing(LayerTree target, String destination, boolean isDirectory, Looks looks, boolean borrows) {
        this.target = target;
        this.destination = destination;
        this.isDirectory = isDirectory;
        this.looks = looks;
        this.borrows = borrows;
    }

    /// What is in the way.
    public static final class CannotLandException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        CannotLandException(String why) {
            super(why);
        }
    }

    /// True if a file goes into the directory `destination` rather than to its place.
    public static boolean isInto(MergedTree image, String destination) throws IOException {
        Optional<Path> there = image.find(image.resolve(destination));
        return there.isPresent() && Files.isDirectory(there.get(), LinkOption.NOFOLLOW_LINKS);
    }

    /// Writes `piece`.
    ///
    /// @throws CannotLandException with the reason, when something is in the way
    public void put(Piece piece) throws IOException, InterruptedException {
        put(piece.files());
    }

    private void put(Piece.Files piece) throws IOException {
        if (piece.entry().stat().isDirectory()) {
            putDirectory(piece);
        } else if (piece.unpacks()
                && piece.entry().stat().isFile()
                && Compression.isTar(piece.entry().place())) {
            unpack(piece.entry().place());
        } else {
            putFile(piece);
        }
    }

    private void unpack(Path archive) throws IOException {
        try (InputStream in = Files.newInputStream(archive)) {
            if (looks.owner().isPresent()) {
                target.unpack(in, destination, looks.owner().get());
            } else {
                target.unpack(in, destination);
            }
        }
    }

    private void putFile(Piece.Files piece) throws IOException {
        String path = target.merged().resolve(destination);
        String name = path.substring(path.lastIndexOf('/') + 1);
        String parent = path.substring(0, path.lastIndexOf('/'));
        if (isDirectory || isInto(target.merged(), destination)) {
            name = piece.entry().name();
            parent = path;
        }
        copy(piece, target.open(parent, looks.ofParents()), name, piece.entry(), parent + "/" + name);
    }

    private void putDirectory(Piece.Files piece) throws IOException {
        String path = target.merged().resolve(destination);
        Optional<Path> there = target.merged().find(path);
        if (there.isPresent() && !Files.isDirectory(there.get(), LinkOption.NOFOLLOW_LINKS)) {
            throw new CannotLandException("cannot copy to non-directory: " + path);
        }
        LayerDirectory root = target.open(path, looks.ofParents());
        new Walk(piece.tree(), piece.choice(), new Copying(piece, path.equals("/") ? "" : path, root))
                .below(piece.entry());
    }

    private void copy(Piece.Files piece, LayerDirectory into, String name, Entry file, String path) throws IOException {
        FileStat stat = file.stat();
        if (into.find(name).map(FileStat::isDirectory).orElse(false)) {
            throw new CannotLandException("cannot replace to directory " + path + " with file");
        }
        Path first = stat.isFile() && stat.links() > 1 ? copies.get(stat.identity()) : null;
        if (first != null) {
            into.link(first, name);
            return;
        }
        if (isLent(piece, file, path)) {
            into.copyOrLink(file.place(), stat, name);
            return;
        }
        Path copy = into.copy(file.place(), stat, name, looks.of(piece, stat), looks.permissions(stat));
        if (stat.isFile() && stat.links() > 1) {
            copies.put(stat.identity(), copy);
        }
    }

    /// True if the file may be in the image just as it is.
    private boolean isLent(Piece.Files piece, Entry file, String path) {
        FileStat stat = file.stat();
        return borrows
                && stat.isFile()
                && looks.of(piece, stat).equals(new LayerTree.Owner(stat.uid(), stat.gid()))
                && looks.permissions(stat) == stat.permissions()
                && piece.tree().lends(file, path);
    }

    /// Copies what a walk comes by.
    private final class Copying implements Walk.Visitor {

        private final Piece.Files piece;
        private final String base;
        private final Deque<LayerDirectory> open = new ArrayDeque<>();

        Copying(Piece.Files piece, String base, LayerDirectory root) {
            this.piece = piece;
            this.base = base;
            open.push(root);
        }

        @Override
        public void enter(String path, Entry directory) throws IOException {
            LayerDirectory parent = open.element();
            Optional<FileStat> there = parent.find(directory.name());
            if (there.isPresent() && !there.get().isDirectory()) {
                throw new CannotLandException("cannot copy to non-directory: " + base + "/" + path);
            }
            open.push(parent.enter(directory.name(), looks.ofParents()));
        }

        @Override
        public void file(String path, Entry file) throws IOException {
            if (Thread.currentThread().isInterrupted()) {
                throw new java.io.InterruptedIOException("the build was cancelled");
            }
            copy(piece, open.element(), file.name(), file, base + "/" + path);
        }

        @Override
        public void leave(String path, Entry directory) throws IOException {
            FileStat stat = directory.stat();
            open.pop().dress(looks.of(piece, stat), looks.permissions(stat), stat.modified(), directory.place());
        }
    }
}
