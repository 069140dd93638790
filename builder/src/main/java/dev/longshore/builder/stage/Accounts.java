package dev.longshore.builder.stage;

import dev.longshore.images.LayerTree;
import dev.longshore.images.MergedTree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// The users and groups that an image's own /etc/passwd and /etc/group know.
public final class Accounts {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");
    private static final long LARGEST_FILE = 1 << 20;
    private static final int ID_FIELD = 2;

    private final MergedTree tree;

    /// Of the image with `tree`.
    public Accounts(MergedTree tree) {
        this.tree = tree;
    }

    /// Who `text`, `user[:group]` by name or number, is. Without a group it is the one of the same name or
    /// number, as Docker has it.
    ///
    /// @throws IllegalArgumentException with the reason, when the image knows no such name
    public LayerTree.Owner owner(String text) throws IOException {
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        String group = colon < 0 ? "" : text.substring(colon + 1);
        int uid = user.isEmpty() ? 0 : id("/etc/passwd", user, "user");
        if (group.isEmpty()) {
            group = user.isEmpty() ? "0" : user;
        }
        return new LayerTree.Owner(uid, id("/etc/group", group, "group"));
    }

    /// Who a container with the USER `text` runs as: without a group, the user's own one; a bare number has that
    /// number for both.
    ///
    /// @throws IllegalArgumentException with the reason, when the image knows no such name
    public LayerTree.Owner runner(String text) throws IOException {
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        int uid = id("/etc/passwd", user, "user");
        if (colon >= 0) {
            return new LayerTree.Owner(uid, id("/etc/group", text.substring(colon + 1), "group"));
        }
        return new LayerTree.Owner(uid, NUMBER.matcher(user).matches() ? uid : ownGroup(user));
    }

    private int ownGroup(String user) throws IOException {
        for (String line : lines("/etc/passwd")) {
            String[] fields = line.split(":", -1);
            if (fields.length > ID_FIELD + 1
                    && fields[0].equals(user)
                    && NUMBER.matcher(fields[ID_FIELD + 1]).matches()) {
                return Integer.parseInt(fields[ID_FIELD + 1]);
            }
        }
        return 0;
    }

    private int id(String file, String name, String what) throws IOException {
        if (NUMBER.matcher(name).matches()) {
            return Integer.parseInt(name);
        }
        for (String line : lines(file)) {
            String[] fields = line.split(":", -1);
            if (fields.length > ID_FIELD
                    && fields[0].equals(name)
                    && NUMBER.matcher(fields[ID_FIELD]).matches()) {
                return Integer.parseInt(fields[ID_FIELD]);
            }
        }
        throw new IllegalArgumentException("unable to find " + what + " " + name + ": no matching entries in " + file);
    }

    private List<String> lines(String file) throws IOException {
        Optional<Path> place = tree.find(tree.resolve(file));
        if (place.isEmpty()
                || !Files.isRegularFile(place.get(), LinkOption.NOFOLLOW_LINKS)
                || Files.size(place.get()) > LARGEST_FILE) {
            return List.of();
        }
        return new String(Files.readAllBytes(place.get()), StandardCharsets.ISO_8859_1)
                .lines()
                .toList();
    }
}
