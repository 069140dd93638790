package dev.longshore.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What an action subresource does. Called after authorization, on the request's thread; may block.
/// Thread-safe.
public interface SubresourceAction {

    /// Does it.
    ///
    /// @throws FaultException to refuse
    Result act(Call call, Registry registry, Invocation invocation);

    /// What was asked.
    ///
    /// @param method HTTP method
    /// @param parameters the query
    /// @param remainder the path behind the subresource (`proxy/REMAINDER`), without leading slash
    /// @param body the object that was sent, with defaults applied
    record Invocation(
            GroupResource resource,
            String namespace,
            String name,
            String method,
            Map<String, List<String>> parameters,
            String remainder,
            Optional<Resource> body) {

        /// The first value of a query parameter.
        public Optional<String> parameter(String name) {
            return Optional.ofNullable(parameters.get(name))
                    .filter(values -> !values.isEmpty())
                    .map(List::getFirst);
        }
    }

    /// The outcome.
    sealed interface Result {
        /// An object to answer with.
        record Answer(int status, Resource object) implements Result {}

        /// Text to answer with.
        record Text(String text) implements Result {}

        /// A back end to stream to and from.
        record Connect(ConnectTarget target) implements Result {}
    }
}
