package dev.longshore.builder.graph;

import dev.longshore.base.Digest;
import dev.longshore.builder.remote.Addresses;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Reference;
import java.nio.file.Path;

/// What a name stands for that whoever asks for a build gives: files, or an image in place of another one.
public sealed interface NamedContext {

    /// What an address of an image begins with.
    String IMAGE = "docker-image:";

    /// A directory that is here. Its files belong to root wherever they go; its own `.dockerignore` counts.
    record OfDirectory(Path directory) implements NamedContext {}

    /// An image in an OCI image layout that is here.
    ///
    /// @param target its manifest, or an index
    record OfLayout(Path layout, Digest target) implements NamedContext {}

    /// An image, with the platform of the stage that wants it.
    record OfImage(Reference name) implements NamedContext {}

    /// A git repository, or a file on the web, which is then called `context`.
    record OfAddress(String address) implements NamedContext {}

    /// Nothing.
    record Nothing() implements NamedContext {}

    /// What `value` says of the context `name`: `docker-image://REFERENCE`, a git repository, or a web address.
    ///
    /// @throws IllegalArgumentException with one line that says why not
    static NamedContext parse(String name, String value) {
        if (value.startsWith(IMAGE)) {
            return image(name, value.substring(IMAGE.length()).replaceFirst("^//", ""));
        }
        if (Addresses.isRemote(value)) {
            return new OfAddress(value);
        }
        throw new IllegalArgumentException("unsupported build context " + Addresses.shown(value) + " for " + name
                + ": write docker-image://REFERENCE, or the address of a git repository or of a file on the web");
    }

    private static NamedContext image(String name, String reference) {
        if (reference.equals("scratch")) {
            return new Nothing();
        }
        try {
            return new OfImage(Reference.parse(reference).withDefaultTag());
        } catch (ImageFaultException wrong) {
            throw new IllegalArgumentException("the build context " + name + ": " + wrong.getMessage(), wrong);
        }
    }
}
