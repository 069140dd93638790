package dev.longshore.images;

import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/// Names out of archives, before anybody makes a path of them.
final class EntryNames {

    private static final int LONGEST_NAME = 4096;
    private static final int LONGEST_COMPONENT = 255;
    private static final int SHOWN = 200;

    private EntryNames() {}

    /// `name` in pieces that lead downward only, each one that a file system can hold.
    static List<String> checked(String name) {
        if (isTooLong(name) || name.indexOf('\0') >= 0) {
            throw malformed(name, "not a file name");
        }
        List<String> components = MergedTree.components(name);
        for (String component : components) {
            if (component.equals("..")) {
                throw malformed(name, "the name leads upward");
            }
            if (component.getBytes(StandardCharsets.UTF_8).length > LONGEST_COMPONENT) {
                throw malformed(name, "File name too long");
            }
            path(component);
        }
        return components;
    }

    static boolean isTooLong(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length >= LONGEST_NAME;
    }

    static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException unspeakable) {
            throw malformed(text, "this machine's locale has no such name");
        }
    }

    static ImageFaultException malformed(String name, String why) {
        String shown = name.length() > SHOWN ? name.substring(0, SHOWN) + "…" : name;
        return new ImageFaultException(new ImageFault.Malformed("layer entry \"" + shown + "\"", why));
    }
}
