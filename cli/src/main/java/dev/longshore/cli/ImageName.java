package dev.longshore.cli;

import dev.longshore.http.Query;
import java.util.List;
import java.util.Map;

/// A name and a tag, as the Engine API wants them apart.
record ImageName(String repository, String tag) {

    /// Splits `hello:1`; without a tag it is `latest`.
    static ImageName parse(String text) {
        int colon = text.lastIndexOf(':');
        return colon < 0 || text.indexOf('/', colon) >= 0
                ? new ImageName(text, "latest")
                : new ImageName(text.substring(0, colon), text.substring(colon + 1));
    }

    /// As a query under the names that a call uses.
    String query(String repositoryKey, String tagKey) {
        return new Query(Map.of(repositoryKey, List.of(repository), tagKey, List.of(tag))).encode();
    }
}
