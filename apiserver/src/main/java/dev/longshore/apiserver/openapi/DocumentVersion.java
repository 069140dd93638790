package dev.longshore.apiserver.openapi;

/// A version of OpenAPI.
enum DocumentVersion {
    /// One document for all.
    TWO("#/definitions/"),
    /// One document for each group version.
    THREE("#/components/schemas/");

    private final String prefix;

    DocumentVersion(String prefix) {
        this.prefix = prefix;
    }

    String reference(String definition) {
        return prefix + definition;
    }
}
