// Shows the server's own description of its API. Credentials that are typed in are kept by this page alone, until it is closed.
SwaggerUIBundle({
  url: "/openapi/v1.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  displayOperationId: false,
  displayRequestDuration: true,
  filter: true,
  persistAuthorization: false,
  validatorUrl: null,
});
