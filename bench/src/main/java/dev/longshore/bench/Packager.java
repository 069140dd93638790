package dev.longshore.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// One of the programs that the packaging benchmark compares, with images and processes of its own.
interface Packager extends AutoCloseable {

    /// What the report calls it.
    String name();

    /// Makes `archive`, as `docker save` writes it, an image here.
    void load(Path archive) throws IOException, InterruptedException;

    /// Builds the directory `context` into the image `tag`, without network, with the further options that
    /// `docker build` has, too.
    void build(Path context, String tag, String... options) throws IOException, InterruptedException;

    /// Writes the image `tag` to the file `archive`, as `docker save` does.
    void save(String tag, Path archive) throws IOException, InterruptedException;

    /// Pushes the image `tag` to `address`.
    void push(String tag, String address) throws IOException, InterruptedException;

    /// Removes all images called `names`, and what only they had.
    void remove(String... names) throws IOException, InterruptedException;

    /// Pulls `address`.
    void pull(String address) throws IOException, InterruptedException;

    /// The processes that work whether or not somebody asks for something; those of the commands come besides.
    List<Long> servers() throws IOException;

    @Override
    void close() throws IOException;
}
