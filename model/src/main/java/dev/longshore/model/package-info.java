/// The waist: resources, definitions, patches, faults and the ports between machinery and content.
package dev.longshore.model;
