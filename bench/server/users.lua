-- One of ten thousand users for each request.
math.randomseed(os.time())
request = function()
  return wrk.format("GET", "/api/item", { ["Authorization"] = "Bearer " .. math.random(10000) })
end
