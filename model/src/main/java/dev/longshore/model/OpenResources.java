package dev.longshore.model;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/// All resources of one version of a group whose names are known only while the program runs, as those of metrics;
/// they can only be read. The definition that has them is called [#ANY]. Thread-safe.
public interface OpenResources extends VirtualResource {

    /// The plural of the definition: it stands for every resource of its version.
    String ANY = "*";

    /// True if `definition` stands for such resources.
    static Optional<OpenResources> of(ResourceDefinition definition) {
        return definition.virtual().filter(OpenResources.class::isInstance).map(OpenResources.class::cast);
    }

    /// What there is now, as discovery tells it: entries of an APIResourceList.
    List<ObjectNode> resources();

    /// The object at `place`.
    ///
    /// @throws FaultException when there is none
    ObjectNode read(Place place, Registry registry);

    /// Where something is asked for: `/apis/GROUP/VERSION[/namespaces/NAMESPACE]/RESOURCE[/NAME[/SUBRESOURCE]]`.
    ///
    /// @param labelSelector of the query, empty without one
    /// @param metricLabelSelector likewise
    record Place(
            String namespace,
            String resource,
            String name,
            String subresource,
            String labelSelector,
            String metricLabelSelector) {}
}
