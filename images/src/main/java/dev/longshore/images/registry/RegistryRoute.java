package dev.longshore.images.registry;

import dev.longshore.base.Digest;
import dev.longshore.http.Request;
import dev.longshore.images.ImageFaultException;
import dev.longshore.images.Reference;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What an address of the distribution protocol means.
sealed interface RegistryRoute {

    /// `/v2/`: end-1.
    record Base() implements RegistryRoute {}

    /// `/v2/_catalog`.
    record Catalog() implements RegistryRoute {}

    /// An address within one repository.
    sealed interface InRepository extends RegistryRoute {
        Name name();
    }

    /// `blobs/DIGEST`: end-2 and end-10.
    record Blob(Name name, Digest digest) implements InRepository {}

    /// `manifests/REFERENCE`: end-3, end-7 and end-9.
    record OneManifest(Name name, Reference reference) implements InRepository {}

    /// `blobs/uploads/`: end-4 and end-11.
    record Uploads(Name name) implements InRepository {}

    /// `blobs/uploads/ID`: end-5, end-6 and end-13.
    record Upload(Name name, String id) implements InRepository {}

    /// `tags/list`: end-8.
    record Tags(Name name) implements InRepository {}

    /// `referrers/DIGEST`: end-12.
    record Referrers(Name name, Digest subject) implements InRepository {}

    /// A repository, as the client spells it and as it is.
    ///
    /// @param namespace as in `ns=`, or empty
    record Name(String spelled, String namespace, Reference repository) {

        private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9.-]+(:[0-9]{1,5})?");

        /// A repository `hello` is Docker's `docker.io/library/hello`, a repository `example.com/hello` is that
        /// name's.
        static Name of(String spelled) {
            Reference reference = Reference.parse(spelled);
            if (reference.tag().isPresent() || reference.digest().isPresent()) {
                throw new RefusalException(ErrorCode.NAME_INVALID, "a repository's name has neither tag nor digest");
            }
            return new Name(spelled, "", reference);
        }

        /// As mirrors are asked: `ns` names the registry that the repository is meant to be in.
        static Name of(String spelled, String namespace) {
            if (!NAMESPACE.matcher(namespace).matches()) {
                throw new RefusalException(ErrorCode.NAME_INVALID, "invalid namespace");
            }
            return new Name(
                    spelled, namespace, Name.of(namespace + "/" + spelled).repository());
        }

        /// The path under which the client finds this repository's things.
        String path() {
            return "/v2/" + spelled + "/";
        }

        /// What belongs behind every path of this repository.
        String query() {
            return namespace.isEmpty() ? "" : "?ns=" + namespace;
        }
    }

    Pattern WITHIN = Pattern.compile(
            "/v2/(.+)/(?:(tags)/list|(manifests)/([^/]*)|(referrers)/([^/]*)|(blobs)/(?!uploads(?:/|$))([^/]*)"
                    + "|(blobs/uploads)/?([^/]*))",
            Pattern.DOTALL);

    /// The route of `request`; empty when the protocol has no such address.
    ///
    /// @throws RefusalException when a name, tag or digest in it is none
    static Optional<RegistryRoute> of(Request request) {
        String path = request.path();
        if (path.equals("/v2") || path.equals("/v2/")) {
            return Optional.of(new Base());
        }
        if (path.equals("/v2/_catalog") || path.equals("/v2/_catalog/")) {
            return Optional.of(new Catalog());
        }
        Matcher within = WITHIN.matcher(path);
        if (!within.matches()) {
            return Optional.empty();
        }
        Optional<String> namespace = request.query().first("ns").filter(ns -> !ns.isEmpty());
        Name name = namespace.isPresent() ? Name.of(within.group(1), namespace.get()) : Name.of(within.group(1));
        return Optional.of(within(within, name));
    }

    private static RegistryRoute within(Matcher within, Name name) {
        if (within.group(2) != null) {
            return new Tags(name);
        }
        if (within.group(3) != null) {
            return new OneManifest(name, reference(name, within.group(4)));
        }
        if (within.group(5) != null) {
            return new Referrers(name, digest(within.group(6)));
        }
        if (within.group(7) != null) {
            return new Blob(name, digest(within.group(8)));
        }
        return within.group(10).isEmpty() ? new Uploads(name) : new Upload(name, within.group(10));
    }

    private static Reference reference(Name name, String text) {
        if (text.contains(":")) {
            return name.repository().withDigest(digest(text));
        }
        return tagged(name, text);
    }

    /// @throws RefusalException when `text` is no tag
    static Reference tagged(Name name, String text) {
        try {
            return name.repository().withTag(text);
        } catch (ImageFaultException none) {
            throw new RefusalException(ErrorCode.TAG_INVALID, "a tag is up to 128 letters, digits, _, . and -");
        }
    }

    /// The digest that `text` spells.
    ///
    /// @throws RefusalException when it is none
    static Digest digest(String text) {
        try {
            return Digest.parse(text);
        } catch (IllegalArgumentException wrong) {
            throw new RefusalException(ErrorCode.DIGEST_INVALID, "digest parsing failed");
        }
    }
}
