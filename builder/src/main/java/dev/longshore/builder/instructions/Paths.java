package dev.longshore.builder.instructions;

import java.util.ArrayList;

/// Paths within an image, without asking what is there.
final class Paths {

    private Paths() {}

    /// `path` from `base`, absolute, without `.`, `..` and doubled slashes.
    static String resolve(String base, String path) {
        var done = new ArrayList<String>();
        String whole = path.startsWith("/") ? path : base + "/" + path;
        for (String component : whole.split("/", -1)) {
            if (component.equals("..")) {
                if (!done.isEmpty()) {
                    done.removeLast();
                }
            } else if (!component.isEmpty() && !component.equals(".")) {
                done.add(component);
            }
        }
        return "/" + String.join("/", done);
    }
}
