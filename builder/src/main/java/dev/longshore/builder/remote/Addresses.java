package dev.longshore.builder.remote;

/// Tells addresses from paths.
public final class Addresses {

    private Addresses() {}

    /// True if `text` names something elsewhere, a file or a repository.
    public static boolean isRemote(String text) {
        return isHttp(text) || GitAddress.isOne(text);
    }

    /// True if `text` is an `http` or `https` URL.
    public static boolean isHttp(String text) {
        return text.startsWith("http://") || text.startsWith("https://");
    }

    /// `text` without a password in it: for messages.
    public static String shown(String text) {
        return text.replaceFirst("^([a-z+]+://[^/@:]*):[^/@]*@", "$1:xxxxx@");
    }
}
