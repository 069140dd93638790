package dev.longshore.images.distribution;

/// Name and password, or a refresh token, for a registry. Each may be empty.
public record Credentials(String username, String password, String identityToken) {

    /// Nobody in particular.
    public static final Credentials NONE = new Credentials("", "", "");

    /// True if there is something to show.
    boolean isSomebody() {
        return !username.isEmpty() || !identityToken.isEmpty();
    }

    @Override
    public String toString() {
        return "Credentials[" + username + "]";
    }
}
