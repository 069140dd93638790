package dev.longshore.kubelet.manifests;

/// A file that is no static pod; the message says why, without the file's name.
public final class ManifestException extends Exception {

    private static final long serialVersionUID = 1;

    ManifestException(String message) {
        super(message);
    }
}
