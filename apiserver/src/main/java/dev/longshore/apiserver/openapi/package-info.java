/// The OpenAPI description of what is served: paths and operations from definitions, printed as version 2 or 3.
package dev.longshore.apiserver.openapi;
