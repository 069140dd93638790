package dev.longshore.images;

import dev.longshore.base.Digest;
import java.util.Optional;
import java.util.regex.Pattern;

/// The name of an image, `[domain/]path[:tag][@digest]`, normalised as Docker does: `hello:1` is
/// `docker.io/library/hello:1`.
///
/// @param domain the registry's host, with its port if it has one
/// @param path the repository within the registry
public record Reference(String domain, String path, Optional<String> tag, Optional<Digest> digest) {

    /// Where names without a registry belong.
    public static final String DEFAULT_DOMAIN = "docker.io";

    private static final String OFFICIAL = "library/";
    private static final String LEGACY_DOMAIN = "index.docker.io";
    private static final String DEFAULT_TAG = "latest";
    private static final int LONGEST_NAME = 255;
    private static final int LONGEST_TEXT = 600; // A name, a tag and a digest.
    private static final int LONGEST_SHOWN = 80;
    private static final String TOO_LONG = "repository name must not be more than 255 characters";
    private static final Pattern COMPONENTS =
            Pattern.compile("[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)*");
    private static final Pattern DOMAIN = Pattern.compile(
            "(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*"
                    + "|\\[[a-fA-F0-9:]+])(?::[0-9]+)?");
    private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}");
    private static final Pattern IDENTIFIER = Pattern.compile("[a-f0-9]{64}");

    public Reference {
        // First of all: what follows takes a name apart piece by piece, and a stack is not endless.
        if (domain.length() + 1 + path.length() > LONGEST_NAME) {
            throw invalid(shortened(path), TOO_LONG);
        }
        if (!DOMAIN.matcher(domain).matches()
                || !COMPONENTS.matcher(path).matches()
                || tag.filter(t -> !TAG.matcher(t).matches()).isPresent()) {
            throw invalid(domain + "/" + path + tag.map(t -> ":" + t).orElse(""), "invalid reference format");
        }
    }

    /// Reads a name as people and manifests spell it. Adds no tag.
    ///
    /// @throws ImageFaultException when it is not one
    public static Reference parse(String text) {
        if (text.length() > LONGEST_TEXT) {
            throw invalid(shortened(text), TOO_LONG);
        }
        if (IDENTIFIER.matcher(text).matches()) {
            throw invalid(text, "cannot specify 64-byte hexadecimal strings");
        }
        String rest = text;
        Optional<Digest> digest = Optional.empty();
        int at = rest.indexOf('@');
        if (at >= 0) {
            digest = Optional.of(digest(text, rest.substring(at + 1)));
            rest = rest.substring(0, at);
        }
        Optional<String> tag = Optional.empty();
        int colon = rest.lastIndexOf(':');
        if (colon > rest.lastIndexOf('/')) {
            tag = Optional.of(rest.substring(colon + 1));
            rest = rest.substring(0, colon);
        }
        int slash = rest.indexOf('/');
        boolean hasDomain = slash > 0 && looksLikeHost(rest.substring(0, slash));
        String domain = hasDomain ? rest.substring(0, slash) : DEFAULT_DOMAIN;
        String path = hasDomain ? rest.substring(slash + 1) : rest;
        if (domain.equals(LEGACY_DOMAIN)) {
            domain = DEFAULT_DOMAIN;
        }
        if (domain.equals(DEFAULT_DOMAIN) && path.indexOf('/') < 0) {
            path = OFFICIAL + path;
        }
        if (!path.equals(path.toLowerCase(java.util.Locale.ROOT))) {
            throw invalid(text, "invalid reference format: repository name must be lowercase");
        }
        try {
            return new Reference(domain, path, tag, digest);
        } catch (ImageFaultException notOne) {
            throw invalid(text, ((ImageFault.InvalidReference) notOne.fault()).why());
        }
    }

    /// With the tag `latest` if it has neither tag nor digest.
    public Reference withDefaultTag() {
        return tag.isEmpty() && digest.isEmpty() ? withTag(DEFAULT_TAG) : this;
    }

    /// The same repository at `newTag`.
    public Reference withTag(String newTag) {
        return new Reference(domain, path, Optional.of(newTag), Optional.empty());
    }

    /// The same repository at `newDigest`.
    public Reference withDigest(Digest newDigest) {
        return new Reference(domain, path, Optional.empty(), Optional.of(newDigest));
    }

    /// The repository alone, in full: `docker.io/library/hello`.
    public String repository() {
        return domain + "/" + path;
    }

    /// The repository as people write it: `hello`.
    public String familiarRepository() {
        if (!domain.equals(DEFAULT_DOMAIN)) {
            return repository();
        }
        boolean isOfficial = path.startsWith(OFFICIAL) && path.indexOf('/', OFFICIAL.length()) < 0;
        String shortest = isOfficial ? path.substring(OFFICIAL.length()) : path;
        int slash = shortest.indexOf('/');
        // `docker.io/a.b/c` is not `a.b/c`, which is another registry's.
        boolean meansOther = slash > 0 && looksLikeHost(shortest.substring(0, slash))
                || IDENTIFIER.matcher(shortest).matches();
        return meansOther ? repository() : shortest;
    }

    /// The shortest spelling that means the same: `hello:1`.
    public String familiar() {
        return familiarRepository() + suffix();
    }

    /// In full: `docker.io/library/hello:1`.
    @Override
    public String toString() {
        return repository() + suffix();
    }

    private String suffix() {
        return tag.map(t -> ":" + t).orElse("") + digest.map(d -> "@" + d).orElse("");
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "\u2026";
    }

    private static boolean looksLikeHost(String first) {
        return first.indexOf('.') >= 0
                || first.indexOf(':') >= 0
                || first.equals("localhost")
                || !first.equals(first.toLowerCase(java.util.Locale.ROOT));
    }

    private static Digest digest(String text, String digest) {
        try {
            return Digest.parse(digest);
        } catch (IllegalArgumentException notOne) {
            throw invalid(text, "invalid reference format");
        }
    }

    private static ImageFaultException invalid(String text, String why) {
        return new ImageFaultException(new ImageFault.InvalidReference(text, why));
    }
}
