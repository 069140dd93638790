package dev.longshore.docker;

/// A link to another container, `NAME:ALIAS` or `NAME` alone.
///
/// @param name of the other, or its id
record Link(String name, String alias) {

    static Link parse(String text) {
        int colon = text.indexOf(':');
        String name = plain(colon < 0 ? text : text.substring(0, colon));
        // As inspect shows links, `/web:/client/db`.
        String alias = colon < 0 ? name : text.substring(Math.max(colon, text.lastIndexOf('/')) + 1);
        if (name.isEmpty() || alias.isEmpty()) {
            throw EngineException.invalid("bad format for links: " + text);
        }
        return new Link(name, alias);
    }

    private static String plain(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }

    boolean means(EngineContainer container) {
        return container.name().equals(name) || container.id().startsWith(name);
    }
}
