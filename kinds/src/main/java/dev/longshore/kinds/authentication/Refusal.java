package dev.longshore.kinds.authentication;

/// A token that does not hold; the message says why, for logs and token reviews, and never what is in the token's
/// secret part.
public final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    /// What is said of a token that nobody knows.
    static final String UNKNOWN = "invalid bearer token";

    /// For the reason `why`.
    public Refusal(String why) {
        super(why, null, false, false);
    }
}
