package dev.longshore.builder.attest;

import java.util.List;

/// An image of one platform, and what is said of it.
public record AttestedImage(Subject subject, List<Claim> claims) {
    public AttestedImage {
        claims = List.copyOf(claims);
    }
}
